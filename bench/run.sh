#!/bin/sh
# bench/run.sh [PERSONS] [SEED]: the benchmark policy as a pack beside the same policy hard-coded as a loop in Rust,
# on an invented population, compared with reference.py to the fen. Needs python3 with numpy and pyarrow.
set -eu
cd "$(dirname "$0")/.."
persons=${1:-1000000}
seed=${2:-20210101}
folder=${TMPDIR:-/tmp}/minsheng-bench-$persons-$seed
if [ ! -e "$folder/expected.json" ]; then
  python3 bench/gen_population.py "$persons" "$folder" "$seed"
  python3 bench/reference.py "$folder" "$folder/expected.json"
fi
cargo build --release --locked -p minsheng-population --example speed
exec "${CARGO_TARGET_DIR:-target}/release/examples/speed" "$folder" "$folder/expected.json" 15
