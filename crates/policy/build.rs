//! The packs are compiled in: a file added to them makes a new build.

fn main() {
    println!("cargo:rerun-if-changed=../../policies");
}
