//! Keys. A master key outside of the database wraps one data key per person or household; the data key seals
//! their identity numbers, accounts and health facts. Destroying a wrapped data key makes what it sealed
//! unreadable for ever while rows and chain stay; a new master key needs only the data keys wrapped anew.
//!
//! Algorithms: SM4 (GB/T 32907) in GCM (RFC 5116), HMAC (RFC 2104) over SM3 (GB/T 32905). The nonce is an HMAC
//! over what is sealed and where (as in RFC 5297): equal input seals to equal bytes, different input never shares
//! a nonce, whatever the random source does.
//!
//! Nothing here touches a key before something is sealed, opened or searched.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use aes_gcm::aead::array::Array;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use hmac::{Hmac, Mac};
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use crate::digest::{hex, push_bytes, sm3, unhex};
use crate::engine::{Connection, collect};
use crate::options::Randomness;
use crate::{Keys, Row, StoreError, Value};

type Gcm = aes_gcm::AesGcm<Sm4, U12>;

const FORMAT: u8 = 1;
const NONCE: usize = 12;
const MASTER: usize = 32;
const DEMO_KEY_ID: &str = "demo";
/// Subject keys held in memory at most.
const CACHE: usize = 200_000;

/// Whom a sealed value is about. Erasing a subject makes all its sealed values unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A person by id.
    Person(i64),
    /// A household by id.
    Household(i64),
}

/// Owner of a data key; the search key of the whole database is one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Owner {
    pub(crate) kind: &'static str,
    pub(crate) id: i64,
}

/// Keyed hashes for look-ups have a data key of their own, so that a new master key changes no hash.
pub(crate) const SEARCH: Owner = Owner {
    kind: "search",
    id: 0,
};

impl From<Subject> for Owner {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Person(id) => Owner { kind: "person", id },
            Subject::Household(id) => Owner {
                kind: "household",
                id,
            },
        }
    }
}

impl Owner {
    fn push(self, buffer: &mut Vec<u8>) {
        push_bytes(buffer, self.kind.as_bytes());
        buffer.extend_from_slice(&self.id.to_be_bytes());
    }
}

/// What seals: one key for the cipher, one for nonces, both made from one secret.
#[derive(Clone)]
pub(crate) struct DataKey {
    secret: Zeroizing<Vec<u8>>,
    cipher: Zeroizing<Vec<u8>>,
    nonce: Zeroizing<Vec<u8>>,
}

impl DataKey {
    fn new(secret: &[u8]) -> Self {
        DataKey {
            secret: Zeroizing::new(secret.to_vec()),
            cipher: Zeroizing::new(mac(secret, b"minsheng cipher 1")[..16].to_vec()),
            nonce: Zeroizing::new(mac(secret, b"minsheng nonce 1").to_vec()),
        }
    }

    /// `format, nonce, ciphertext with tag`. `context` only separates nonces and is not needed to open.
    pub(crate) fn seal(
        &self,
        owner: Owner,
        label: &str,
        context: i64,
        plain: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let aad = associated(owner, label);
        let mut input = Zeroizing::new(aad.clone());
        input.extend_from_slice(&context.to_be_bytes());
        push_bytes(&mut input, plain);
        let full = mac(&self.nonce, &input);
        let nonce = &full[..NONCE];
        let sealed = self
            .gcm(label)?
            .encrypt(
                &nonce_of(nonce, label)?,
                Payload {
                    msg: plain,
                    aad: &aad,
                },
            )
            .map_err(|_| sealed_error(label, "it is too long"))?;
        Ok([&[FORMAT], nonce, sealed.as_slice()].concat())
    }

    pub(crate) fn unseal(
        &self,
        owner: Owner,
        label: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let Some((&FORMAT, rest)) = sealed.split_first() else {
            return Err(sealed_error(label, "its format is not one of this program"));
        };
        let Some((nonce, text)) = rest.split_at_checked(NONCE) else {
            return Err(sealed_error(label, "it is cut off"));
        };
        let aad = associated(owner, label);
        self.gcm(label)?
            .decrypt(
                &nonce_of(nonce, label)?,
                Payload {
                    msg: text,
                    aad: &aad,
                },
            )
            .map_err(|_| {
                sealed_error(
                    label,
                    "it was changed, or belongs to another subject, label or key",
                )
            })
    }

    /// HMAC-SM3 of a text under a label.
    pub(crate) fn search_hash(&self, label: &str, text: &str) -> Vec<u8> {
        let mut input = Vec::new();
        push_bytes(&mut input, label.as_bytes());
        push_bytes(&mut input, text.as_bytes());
        mac(&self.secret, &input).to_vec()
    }

    fn gcm(&self, label: &str) -> Result<Gcm, StoreError> {
        Gcm::new_from_slice(&self.cipher)
            .map_err(|_| sealed_error(label, "its key has a wrong length"))
    }
}

fn nonce_of(bytes: &[u8], label: &str) -> Result<Array<u8, U12>, StoreError> {
    Array::try_from(bytes).map_err(|_| sealed_error(label, "it is cut off"))
}

fn associated(owner: Owner, label: &str) -> Vec<u8> {
    let mut aad = Vec::new();
    owner.push(&mut aad);
    push_bytes(&mut aad, label.as_bytes());
    aad
}

fn mac(key: &[u8], input: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    // HMAC takes keys of any length
    if let Ok(mut mac) = <Hmac<Sm3> as KeyInit>::new_from_slice(key) {
        mac.update(input);
        bytes.copy_from_slice(&mac.finalize().into_bytes());
    }
    bytes
}

fn sealed_error(label: &str, reason: &str) -> StoreError {
    StoreError::Sealed {
        label: label.to_owned(),
        reason: reason.to_owned(),
    }
}

/// A wrapped data key, as `subject_key` holds it.
pub(crate) struct Wrapped {
    pub(crate) ring: i64,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Default)]
struct Unlocked {
    /// By id in `key_ring`.
    masters: HashMap<i64, DataKey>,
    data: HashMap<Owner, DataKey>,
}

/// The keys of one open store.
pub(crate) struct Vault {
    keys: Keys,
    randomness: Randomness,
    unlocked: Mutex<Unlocked>,
}

impl Vault {
    pub(crate) fn new(keys: Keys, randomness: Randomness) -> Self {
        Vault {
            keys,
            randomness,
            unlocked: Mutex::default(),
        }
    }

    /// Makes the master key of a new database: its name and kind for `key_ring`.
    pub(crate) fn create_master(&self) -> Result<(String, &'static str), StoreError> {
        let Keys::Folder(folder) = &self.keys else {
            return Ok((DEMO_KEY_ID.to_owned(), "demo"));
        };
        let mut name = [0; 8];
        self.randomness.fill(&mut name);
        let mut key = Zeroizing::new([0; MASTER]);
        self.randomness.fill(key.as_mut_slice());
        let key_id = format!("ms-{}", hex(&name));
        file::write(folder, &key_id, key.as_slice())?;
        Ok((key_id, "file"))
    }

    /// A new data key, and how to store it. `context` keeps keys apart should the random source repeat itself.
    pub(crate) fn create_data(
        &self,
        connection: &mut dyn Connection,
        owner: Owner,
        context: i64,
    ) -> Result<(DataKey, Wrapped), StoreError> {
        let ring = ring_row(
            connection,
            "SELECT id, key_id, kind FROM key_ring ORDER BY id DESC LIMIT 1",
            &[],
        )?;
        let master = self.master(&ring)?;
        let mut random = Zeroizing::new([0; 32]);
        self.randomness.fill(random.as_mut_slice());
        let mut purpose = Vec::new();
        owner.push(&mut purpose);
        purpose.extend_from_slice(&context.to_be_bytes());
        let secret = mac(random.as_slice(), &purpose);
        let length = if owner == SEARCH { 32 } else { 16 };
        let bytes = master.seal(owner, "data key", context, &secret[..length])?;
        Ok((
            DataKey::new(&secret[..length]),
            Wrapped {
                ring: ring.id,
                bytes,
            },
        ))
    }

    /// Keeps a key whose row is committed.
    pub(crate) fn remember(&self, owner: Owner, key: DataKey) {
        let mut unlocked = self.unlocked();
        if unlocked.data.len() >= CACHE {
            unlocked.data.clear();
        }
        unlocked.data.insert(owner, key);
    }

    /// The data key of an owner, if it has one.
    pub(crate) fn data_key(
        &self,
        connection: &mut dyn Connection,
        owner: Owner,
        label: &str,
    ) -> Result<Option<DataKey>, StoreError> {
        if let Some(key) = self.unlocked().data.get(&owner) {
            return Ok(Some(key.clone()));
        }
        let rows = collect(
            connection,
            "store::SUBJECT_KEY",
            "SELECT key_ring_id, wrapped FROM subject_key WHERE subject_kind = ?1 AND subject_id = ?2",
            &[Value::from(owner.kind), Value::Int(owner.id)],
        )?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let Some(wrapped) = row.opt_blob(1)? else {
            return Err(sealed_error(
                label,
                "its key was destroyed on purpose; nobody can read it again",
            ));
        };
        let ring = [Value::Int(row.int(0)?)];
        let ring = ring_row(
            connection,
            "SELECT id, key_id, kind FROM key_ring WHERE id = ?1",
            &ring,
        )?;
        let secret = Zeroizing::new(
            self.master(&ring)?
                .unseal(owner, "data key", wrapped)
                .map_err(|_| {
                    sealed_error(
                        label,
                        &format!("the key `{}` does not fit this database", ring.key_id),
                    )
                })?,
        );
        let key = DataKey::new(&secret);
        self.remember(owner, key.clone());
        Ok(Some(key))
    }

    fn master(&self, ring: &Ring) -> Result<DataKey, StoreError> {
        if let Some(master) = self.unlocked().masters.get(&ring.id) {
            return Ok(master.clone());
        }
        let missing = |place: String| StoreError::KeyMissing {
            key_id: ring.key_id.clone(),
            place,
        };
        let secret = match (ring.kind.as_str(), &self.keys) {
            ("demo", _) => Zeroizing::new(
                sm3(b"the key of demonstration databases keeps nothing secret").to_vec(),
            ),
            (_, Keys::Folder(folder)) => file::read(folder, &ring.key_id)?
                .ok_or_else(|| missing(folder.display().to_string()))?,
            (_, Keys::Demo) => return Err(missing("its folder of keys".to_owned())),
        };
        let master = DataKey::new(&secret);
        self.unlocked().masters.insert(ring.id, master.clone());
        Ok(master)
    }

    fn unlocked(&self) -> MutexGuard<'_, Unlocked> {
        self.unlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Ring {
    id: i64,
    key_id: String,
    kind: String,
}

fn ring_row(
    connection: &mut dyn Connection,
    sql: &str,
    params: &[Value],
) -> Result<Ring, StoreError> {
    let rows = collect(connection, "store::KEY_RING", sql, params)?;
    let row = rows
        .into_iter()
        .next()
        .unwrap_or_else(|| Row::new("store::KEY_RING", Vec::new()));
    Ok(Ring {
        id: row.int(0)?,
        key_id: row.text(1)?.to_owned(),
        kind: row.text(2)?.to_owned(),
    })
}

/// Key files: 64 hexadecimal digits, readable by their owner only.
mod file {
    use std::fs::{self, OpenOptions};
    use std::io::{ErrorKind, Write};

    use super::{MASTER, Path, PathBuf, StoreError, Zeroizing, hex, unhex};

    fn path(folder: &Path, key_id: &str) -> PathBuf {
        folder.join(format!("{key_id}.key"))
    }

    fn failed(path: &Path, reason: impl ToString) -> StoreError {
        StoreError::File {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }

    pub(super) fn write(folder: &Path, key_id: &str, key: &[u8]) -> Result<(), StoreError> {
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        let path = path(folder, key_id);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let text = Zeroizing::new(format!("{}\n", hex(key)));
        let mut file = match options.open(&path) {
            Ok(file) => file,
            // the same random source again: the same key is no loss
            Err(error)
                if error.kind() == ErrorKind::AlreadyExists
                    && read(folder, key_id)?.as_deref().map(Vec::as_slice) == Some(key) =>
            {
                return Ok(());
            }
            Err(error) => return Err(failed(&path, error)),
        };
        file.write_all(text.as_bytes())
            .and_then(|()| file.sync_all())
            .map_err(|error| failed(&path, error))
    }

    pub(super) fn read(
        folder: &Path,
        key_id: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let path = path(folder, key_id);
        let text = match fs::read_to_string(&path) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&path, error)),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path)
                .map_err(|error| failed(&path, error))?
                .permissions()
                .mode();
            if mode & 0o077 != 0 {
                return Err(failed(&path, "others may read this key\nhint: chmod 600"));
            }
        }
        match unhex(text.trim()) {
            Some(key) if key.len() == MASTER => Ok(Some(Zeroizing::new(key))),
            _ => Err(failed(
                &path,
                "it is no key: 64 hexadecimal digits were expected",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERSON: Owner = Owner {
        kind: "person",
        id: 7,
    };

    #[test]
    fn what_is_sealed_opens_only_for_its_subject_and_label_and_unchanged() {
        let key = DataKey::new(&[1; 16]);
        let sealed = key
            .seal(PERSON, "id_number", 3, "51330119600229001X".as_bytes())
            .unwrap();
        assert_eq!(
            key.unseal(PERSON, "id_number", &sealed).unwrap(),
            b"51330119600229001X"
        );
        assert!(!sealed.windows(6).any(|part| part == b"513301"));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(
                key.unseal(PERSON, "id_number", &changed).is_err(),
                "byte {at}"
            );
        }
        for cut in 0..sealed.len() {
            assert!(key.unseal(PERSON, "id_number", &sealed[..cut]).is_err());
        }
        assert!(
            key.unseal(Owner { id: 8, ..PERSON }, "id_number", &sealed)
                .is_err()
        );
        assert!(
            key.unseal(
                Owner {
                    kind: "household",
                    ..PERSON
                },
                "id_number",
                &sealed
            )
            .is_err()
        );
        assert!(key.unseal(PERSON, "account", &sealed).is_err());
        assert!(
            DataKey::new(&[2; 16])
                .unseal(PERSON, "id_number", &sealed)
                .is_err()
        );
    }

    #[test]
    fn a_nonce_is_shared_only_by_equal_input() {
        let key = DataKey::new(&[1; 16]);
        let nonce = |label: &str, context, plain: &[u8]| {
            key.seal(PERSON, label, context, plain).unwrap()[1..=NONCE].to_vec()
        };
        let first = nonce("a", 1, b"x");
        assert_eq!(first, nonce("a", 1, b"x"));
        for other in [
            nonce("b", 1, b"x"),
            nonce("a", 2, b"x"),
            nonce("a", 1, b"y"),
            nonce("a", 1, b""),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn search_hashes_are_separated_by_label_and_key() {
        let key = DataKey::new(&[1; 32]);
        let hash = key.search_hash("id_number", "1");
        assert_eq!(hash, key.search_hash("id_number", "1"));
        assert_ne!(hash, key.search_hash("account", "1"));
        assert_ne!(hash, key.search_hash("id_number", "2"));
        assert_ne!(hash, DataKey::new(&[2; 32]).search_hash("id_number", "1"));
    }
}
