//! Reads the golden FLAC files.

use std::fs::File;
use std::path::Path;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, TrackType};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::meta::MetadataOptions;

use super::Error;

/// The samples of a mono file whose samples are all multiples of 2^-15.
///
/// # Errors
/// It cannot be read or is not such a file.
pub fn read(path: &Path) -> Result<Vec<i16>, Error> {
    let wrong = |what: &str| Error(format!("{}: {what}", path.display()));
    let file = File::open(path).map_err(|error| wrong(&format!("cannot read it: {error}")))?;
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let broken = |error: symphonia::core::errors::Error| wrong(&format!("no FLAC: {error}"));
    let mut format = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(broken)?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or_else(|| wrong("no audio"))?;
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio());
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(
            parameters.ok_or_else(|| wrong("no audio"))?,
            &AudioDecoderOptions::default(),
        )
        .map_err(broken)?;
    let (mut samples, mut packet_samples) = (Vec::new(), Vec::<f32>::new());
    while let Some(packet) = format.next_packet().map_err(broken)? {
        let buffer = decoder.decode(&packet).map_err(broken)?;
        if buffer.num_planes() != 1 {
            return Err(wrong("not mono"));
        }
        buffer.copy_to_vec_interleaved(&mut packet_samples);
        for &sample in &packet_samples {
            let steps = sample * 32_768.0;
            if steps.fract() != 0.0 {
                return Err(wrong(
                    "not a 16-bit render: a sample lies between two steps",
                ));
            }
            samples.push(steps as i16);
        }
    }
    Ok(samples)
}
