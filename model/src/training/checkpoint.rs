//! A training that can be taken up where it was, and the weights that come out of it, as [`Checkpoint`]s.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use candle_core::{DType, Device, Tensor};

use super::trainer::{Plan, Trainer};
use crate::checkpoint::Checkpoint;

impl Trainer {
    /// Writes everything that is needed to go on. `notes` are kept for whoever goes on.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path, notes: &BTreeMap<String, String>) -> Result<()> {
        let mut tensors = BTreeMap::new();
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
        let mut metadata = notes.clone();
        metadata.insert("plan".to_owned(), serde_json::to_string(&self.plan)?);
        metadata.insert("step".to_owned(), self.step.to_string());
        Ok(Checkpoint { tensors, metadata }.write(path)?)
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
        let mut tensors = BTreeMap::new();
        for slot in &self.slots {
            let tensor = Tensor::from_slice(&slot.mean, slot.var.shape(), &Device::Cpu)?;
            tensors.insert(slot.name.clone(), tensor.to_dtype(DType::F16)?);
        }
        let mut metadata = notes.clone();
        metadata.insert(
            "config".to_owned(),
            serde_json::to_string(&self.plan.config)?,
        );
        Ok(Checkpoint { tensors, metadata }.write(path)?)
    }
}

fn read(path: &Path) -> Result<(Trainer, BTreeMap<String, String>)> {
    let checkpoint = Checkpoint::read(path)?;
    let plan: Plan = serde_json::from_str(&checkpoint.metadata::<String>("plan")?)?;
    let mut trainer = Trainer::new(plan)?;
    trainer.step = checkpoint.metadata("step")?;
    for slot in &mut trainer.slots {
        let get = |part: &str| -> Result<Vec<f32>> {
            let name = format!("{part}/{}", slot.name);
            let tensor = checkpoint
                .tensors
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
    Ok((trainer, checkpoint.metadata))
}
