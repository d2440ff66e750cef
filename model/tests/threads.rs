//! What a host finds in its process while and after a network computes. The only test of its file:
//! no other may start threads meanwhile.
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;

use candle_core::Device;
use model::checkpoint::Checkpoint;
use model::paper::{Config, Paper};
use model::parameters::Parameters;
use model::{Refinement, Spinvae, latent};
use presets::Patch;

/// Names of this process's threads and the processor time each has had, in clock ticks.
fn threads() -> BTreeMap<String, (String, u64)> {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    tasks
        .filter_map(|task| {
            let task = task.unwrap();
            let stat = std::fs::read_to_string(task.path().join("stat")).ok()?;
            let (head, tail) = stat.rsplit_once(") ")?;
            let name = head.split_once(" (")?.1.to_owned();
            let fields: Vec<&str> = tail.split(' ').collect();
            let ticks = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
            Some((task.file_name().into_string().unwrap(), (name, ticks)))
        })
        .collect()
}

#[test]
fn only_the_asked_threads_run_and_none_is_left() {
    let parameters = Parameters::new(1, &Device::Cpu);
    Paper::new(parameters.builder(), Config::PAPER).unwrap();
    let tensors = parameters.all().into_iter();
    let checkpoint = Checkpoint {
        tensors: tensors
            .map(|(name, var)| (name, var.as_detached_tensor()))
            .collect(),
        ..Checkpoint::default()
    };
    let before = threads();
    let spinvae = Spinvae::from_checkpoint(checkpoint, 2).unwrap();
    let mut other = Patch::INIT;
    other.set(presets::Parameter::ALGORITHM, 20);
    let latents = spinvae.encode(&[Patch::INIT, other]).unwrap();
    let positions = latent::positions(-0.25, 1.25, 9);
    let points = latent::linear(&latents[0].mean, &latents[1].mean, &positions);
    assert_eq!(spinvae.decode(&points).unwrap().len(), 9);
    let refinement = Refinement {
        steps: 2,
        ..Refinement::default()
    };
    let refined = spinvae
        .refine(&other, &latents[0].mean, refinement)
        .unwrap();
    assert_ne!(refined, latents[0].mean);

    let during = threads();
    let new: Vec<&str> = during
        .iter()
        .filter(|(id, _)| !before.contains_key(*id))
        .map(|(_, (name, _))| name.as_str())
        .collect();
    assert_eq!(new, ["tween-model-0", "tween-model-1"]);

    // They sleep: while this thread works, they get no time.
    let ticks = || -> u64 {
        let threads = threads();
        let ours = threads
            .values()
            .filter(|(name, _)| name.starts_with("tween"));
        ours.map(|(_, ticks)| ticks).sum()
    };
    let start = std::time::Instant::now();
    let mut settled = ticks();
    while start.elapsed().as_millis() < 100 {
        settled = ticks();
    }
    while start.elapsed().as_millis() < 400 {
        std::hint::spin_loop();
    }
    assert!(ticks() - settled <= 1, "idle threads used time");

    drop(spinvae);
    let start = std::time::Instant::now();
    let ours = || {
        threads()
            .values()
            .any(|(name, _)| name.starts_with("tween"))
    };
    while ours() {
        assert!(start.elapsed().as_secs() < 10, "threads are left");
    }
}
