//! Checkpoints: a training that can be taken up where it was, and the weights that come out of it.
//! Files are written beside their place and then renamed, so that none is ever half there.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use candle_core::{DType, Device, Tensor};

use super::trainer::{Plan, Trainer};

impl Trainer {
    /// Writes everything that is needed to go on. `notes` are kept for whoever goes on.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path, notes: &BTreeMap<String, String>) -> Result<()> {
        let mut tensors = HashMap::new();
        for slot in &self.slots {
            let shape = slot.var.shape();
            let parts = [
                ("value", &slot.value),
                ("first", &slot.first),
                ("second", &slot.second),
                ("mean", &slot.mean),
            ];
            for (part, values) in parts {
                let tensor = Tensor::from_slice(values, shape, &Device::Cpu)?;
                tensors.insert(format!("{part}/{}", slot.name), tensor);
            }
        }
        let mut header: HashMap<String, String> = notes
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        header.insert("plan".to_owned(), serde_json::to_string(&self.plan)?);
        header.insert("step".to_owned(), self.step.to_string());
        write(path, tensors, header)
    }

    /// Reads what [`Trainer::save`] wrote, and the notes.
    ///
    /// # Errors
    /// If the file cannot be read or is not a whole checkpoint.
    pub fn load(path: &Path) -> Result<(Trainer, BTreeMap<String, String>)> {
        read(path).with_context(|| {
            format!(
                "{} is not a whole checkpoint: delete it to start the training anew",
                path.display()
            )
        })
    }

    /// Writes the averaged weights, of 16 bits, as [`crate::compact::Compact::load`] reads them.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn export(&self, path: &Path, notes: &BTreeMap<String, String>) -> Result<()> {
        let mut tensors = HashMap::new();
        for slot in &self.slots {
            let tensor = Tensor::from_slice(&slot.mean, slot.var.shape(), &Device::Cpu)?;
            tensors.insert(slot.name.clone(), tensor.to_dtype(DType::F16)?);
        }
        let mut header: HashMap<String, String> = notes
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        header.insert(
            "config".to_owned(),
            serde_json::to_string(&self.plan.config)?,
        );
        write(path, tensors, header)
    }
}

fn read(path: &Path) -> Result<(Trainer, BTreeMap<String, String>)> {
    let bytes = std::fs::read(path)?;
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes)?;
    let notes: BTreeMap<String, String> = header
        .metadata()
        .clone()
        .unwrap_or_default()
        .into_iter()
        .collect();
    let note = |key: &str| notes.get(key).ok_or_else(|| anyhow!("it says no {key}"));
    let plan: Plan = serde_json::from_str(note("plan")?)?;
    let tensors = candle_core::safetensors::load_buffer(&bytes, &Device::Cpu)?;
    let mut trainer = Trainer::new(plan)?;
    trainer.step = note("step")?.parse()?;
    for slot in &mut trainer.slots {
        let get = |part: &str| -> Result<Vec<f32>> {
            let name = format!("{part}/{}", slot.name);
            let tensor = tensors
                .get(&name)
                .ok_or_else(|| anyhow!("it has no {name}"))?;
            ensure!(
                tensor.shape() == slot.var.shape(),
                "{name} has another shape"
            );
            Ok(tensor.flatten_all()?.to_vec1()?)
        };
        (slot.value, slot.mean) = (get("value")?, get("mean")?);
        (slot.first, slot.second) = (get("first")?, get("second")?);
        slot.var.set(&Tensor::from_slice(
            &slot.value,
            slot.var.shape(),
            &Device::Cpu,
        )?)?;
    }
    Ok((trainer, notes))
}

fn write(
    path: &Path,
    tensors: HashMap<String, Tensor>,
    header: HashMap<String, String>,
) -> Result<()> {
    let unfinished = path.with_extension("unfinished");
    safetensors::serialize_to_file(&tensors, Some(header), &unfinished)
        .with_context(|| format!("cannot write {}", unfinished.display()))?;
    std::fs::rename(&unfinished, path)
        .with_context(|| format!("cannot put {} in its place", path.display()))
}
