//! Every file in `fuzz/seeds/TARGET` goes through the reader that the fuzz target of that name is for.
//! What once made a reader fail lies there too, so that it never does again.

use std::fs;
use std::path::Path;

use end_to_end::readers;

#[test]
fn every_seed_of_the_fuzz_targets_is_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
    for (target, read) in readers::ALL {
        let (mut seeds, mut taken) = (0, 0);
        for entry in fs::read_dir(folder.join(target)).unwrap() {
            let path = entry.unwrap().path();
            println!("{}", path.display());
            seeds += 1;
            taken += usize::from(read(&fs::read(path).unwrap()));
        }
        println!("{target}: {seeds} seeds, {taken} taken");
        // From what is refused alone, a fuzzer learns little.
        assert!(taken > 0, "{target}: {taken} of {seeds} seeds are taken");
    }
}
