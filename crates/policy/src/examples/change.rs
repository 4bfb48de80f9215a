//! Facts of examples: from TOML to JSON, and the changes by which one example follows another.

use serde_json::{Map, Value, json};

pub(super) fn to_json(value: &toml::Value) -> Result<Value, String> {
    Ok(match value {
        toml::Value::String(text) => json!(text),
        toml::Value::Integer(number) => json!(number),
        toml::Value::Boolean(value) => json!(value),
        toml::Value::Datetime(datetime) => json!(datetime.to_string()),
        toml::Value::Float(number) => return Err(format!("{number}: amounts are whole fen")),
        toml::Value::Array(items) => {
            Value::Array(items.iter().map(to_json).collect::<Result<_, _>>()?)
        }
        toml::Value::Table(table) => {
            let mut object = Map::new();
            for (name, value) in table {
                object.insert(name.clone(), to_json(value)?);
            }
            Value::Object(object)
        }
    })
}

/// Sets or removes the value at `household.x`, `application.x`, `members.ID` or `members.ID.x`.
pub(super) fn change(facts: &mut Value, path: &str, value: Option<Value>) -> Result<(), String> {
    let unknown = || {
        format!(
            "`{path}` leads nowhere: write household.x, application.x, members.ID or members.ID.x"
        )
    };
    let parts: Vec<&str> = path.split('.').collect();
    let target = match parts[..] {
        [top @ ("household" | "application"), name] => facts
            .get_mut(top)
            .and_then(Value::as_object_mut)
            .map(|object| (object, name)),
        ["members", id] => return change_member(facts, id, value).ok_or_else(unknown),
        ["members", id, name] => member(facts, id)
            .and_then(Value::as_object_mut)
            .map(|object| (object, name)),
        _ => None,
    };
    let (object, name) = target.ok_or_else(unknown)?;
    match value {
        Some(value) => object.insert(name.to_owned(), value),
        None => object.remove(name),
    };
    Ok(())
}

fn member_list(facts: &mut Value) -> Option<&mut Vec<Value>> {
    facts.pointer_mut("/household/members")?.as_array_mut()
}

fn member<'f>(facts: &'f mut Value, id: &str) -> Option<&'f mut Value> {
    let id: i64 = id.parse().ok()?;
    member_list(facts)?
        .iter_mut()
        .find(|member| member["id"] == json!(id))
}

/// Adds a member, replaces one, or takes one out.
fn change_member(facts: &mut Value, id: &str, value: Option<Value>) -> Option<()> {
    let id: i64 = id.parse().ok()?;
    let members = member_list(facts)?;
    members.retain(|member| member["id"] != json!(id));
    if let Some(mut value) = value {
        value.as_object_mut()?.insert("id".to_owned(), json!(id));
        members.push(value);
    }
    Some(())
}
