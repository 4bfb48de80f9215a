//! Sealing with one data key: SM4 in GCM, nonces from an HMAC over what is sealed and where.

use aes_gcm::aead::array::Array;
use aes_gcm::aead::consts::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use hmac::{Hmac, Mac};
use sm3::Sm3;
use sm4::Sm4;
use zeroize::Zeroizing;

use super::Owner;
use crate::StoreError;
use crate::digest::push_bytes;

type Gcm = aes_gcm::AesGcm<Sm4, U12>;

const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// What seals: one key for the cipher, one for nonces, both made from one secret.
#[derive(Clone)]
pub(crate) struct DataKey {
    secret: Zeroizing<Vec<u8>>,
    cipher: Zeroizing<Vec<u8>>,
    nonce: Zeroizing<Vec<u8>>,
}

impl DataKey {
    pub(super) fn new(secret: &[u8]) -> Self {
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

    /// Whether both were made from one secret.
    pub(super) fn same(&self, other: &DataKey) -> bool {
        self.secret == other.secret
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

pub(super) fn mac(key: &[u8], input: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    // HMAC takes keys of any length
    if let Ok(mut mac) = <Hmac<Sm3> as KeyInit>::new_from_slice(key) {
        mac.update(input);
        bytes.copy_from_slice(&mac.finalize().into_bytes());
    }
    bytes
}

pub(super) fn sealed_error(label: &str, reason: &str) -> StoreError {
    StoreError::Sealed {
        label: label.to_owned(),
        reason: reason.to_owned(),
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
