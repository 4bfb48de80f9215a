//! Households of chance for the evidence of `evidence.md`: with gaps, with limits of numbers, with long lists.

use minsheng_core::date_of_epoch_day;
use minsheng_policy::Programme;
use minsheng_policy::compiled::{Cell, FactCells, Slot};

use super::chance::Chance;

/// So many households.
pub fn households(programme: &Programme, chance: &mut Chance, count: usize) -> Vec<FactCells> {
    (0..count)
        .map(|id| household(programme, chance, id as i64))
        .collect()
}

fn household(programme: &Programme, chance: &mut Chance, id: i64) -> FactCells {
    let layout = &programme.compiled().layout;
    let members = if chance.percent(3) {
        chance.between(8, 40)
    } else {
        chance.between(1, 6)
    };
    let gaps = if chance.percent(30) { 12 } else { 1 };
    let mut cells = FactCells {
        household_id: id,
        person_ids: (0..members).collect(),
        single: chance
            .percent(20)
            .then(|| chance.below(members as u64) as u32),
        ..FactCells::default()
    };
    for slot in &layout.household {
        let cell = cell(slot, chance, gaps, &mut cells.records);
        cells.household.push(cell);
    }
    for member in 0..members {
        let start = cells.persons.len();
        for slot in &layout.person {
            let cell = match slot.name.as_str() {
                "head" => Cell::Bool(member == 0),
                _ => cell(slot, chance, gaps, &mut cells.records),
            };
            cells.persons.push(cell);
        }
        // A list is known only together with what closes it.
        let place = |name: &str| layout.person.iter().position(|slot| slot.name == name);
        if let (Some(closer), Some(list)) = (place("declared"), place("incomes"))
            && cells.persons[start + closer] == Cell::Missing
        {
            cells.persons[start + list] = Cell::Missing;
        }
    }
    cells
}

fn cell(slot: &Slot, chance: &mut Chance, gaps: u64, records: &mut Vec<Cell>) -> Cell {
    if chance.percent(gaps) {
        return slot.absent;
    }
    let day = |chance: &mut Chance| {
        let day = chance.between(-20_000, 18_900);
        date_of_epoch_day(day).map_or(Cell::Missing, Cell::Date)
    };
    match slot.name.as_str() {
        "flag_here" | "flag_open" | "flag_closed" => Cell::Bool(chance.percent(50)),
        "code_here" | "code_of" => Cell::Code(chance.below(3) as u32),
        "declared" => Cell::Code(0),
        "sex" => Cell::Code(chance.below(4) as u32),
        "relation" => Cell::Code(chance.below(8) as u32),
        "quantity" => Cell::Int(chance.between(0, 50)),
        "small" => Cell::Int(chance.between(0, 9)),
        "huge" if chance.percent(10) => Cell::Int(i64::MAX - chance.between(0, 3)),
        "huge" => Cell::Int(chance.between(0, 1_000_000_000_000)),
        "money" => Cell::Int(chance.between(0, 300_000)),
        "pair" => Cell::Int(chance.between(1, 7) * 10 + chance.between(1, 4)),
        "birth_date" | "since" => day(chance),
        _ => {
            let (start, count) = (records.len() as u32, chance.below(4) as u32);
            for kind in 0..count {
                records.push(Cell::Code(kind));
                records.push(Cell::Int(chance.between(0, 500_000)));
                records.push(Cell::Int(chance.between(1, 12)));
            }
            Cell::Records { start, count }
        }
    }
}
