//! What a host loads: the CLAP entry, with nice-plug's wrapper behind it; VST3 is made of it by
//! clap-wrapper.
//!
//! It does what `nice_export_clap!` does, and one thing more. Some hosts give events the time of the
//! block's end, one past its last sample (Ardour 7.3 so automates VST3 parameters while it rolls).
//! nice-plug 0.4.2 divides the block at such a time and never comes to what lies after it, so that
//! automation would be lost; later times would divide past the end of the host's buffers. Here all
//! such events come at the last sample.

use std::ffi::{CStr, c_char, c_void};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::{Arc, OnceLock};

use clap_sys::events::{clap_event_header, clap_input_events};
use clap_sys::process::{clap_process, clap_process_status};
use nice_plug::wrapper::clap::{
    CLAP_PLUGIN_FACTORY_ID, CLAP_VERSION, PluginDescriptor, Wrapper, clap_host, clap_plugin,
    clap_plugin_descriptor, clap_plugin_entry, clap_plugin_factory,
};

use crate::Tween;

/// The entry by its name in the library.
#[unsafe(no_mangle)]
#[used]
pub static clap_entry: clap_plugin_entry = clap_plugin_entry {
    clap_version: CLAP_VERSION,
    init: Some(init),
    deinit: Some(deinit),
    get_factory: Some(get_factory),
};

static FACTORY: clap_plugin_factory = clap_plugin_factory {
    get_plugin_count: Some(get_plugin_count),
    get_plugin_descriptor: Some(get_plugin_descriptor),
    create_plugin: Some(create_plugin),
};

type Process = unsafe extern "C" fn(*const clap_plugin, *const clap_process) -> clap_process_status;

/// nice-plug's own `process()`: the same function in all instances.
static WRAPPED: OnceLock<Process> = OnceLock::new();

fn descriptor() -> &'static PluginDescriptor {
    static DESCRIPTOR: OnceLock<PluginDescriptor> = OnceLock::new();
    DESCRIPTOR.get_or_init(PluginDescriptor::for_plugin::<Tween>)
}

extern "C" fn init(_: *const c_char) -> bool {
    nice_plug::wrapper::setup_logger::<Tween>();
    true
}

extern "C" fn deinit() {}

extern "C" fn get_factory(id: *const c_char) -> *const c_void {
    // SAFETY: hosts give a C string, or null.
    if !id.is_null() && unsafe { CStr::from_ptr(id) } == CLAP_PLUGIN_FACTORY_ID {
        (&raw const FACTORY).cast()
    } else {
        ptr::null()
    }
}

unsafe extern "C" fn get_plugin_count(_: *const clap_plugin_factory) -> u32 {
    1
}

unsafe extern "C" fn get_plugin_descriptor(
    _: *const clap_plugin_factory,
    index: u32,
) -> *const clap_plugin_descriptor {
    match index {
        0 => descriptor().clap_plugin_descriptor(),
        _ => ptr::null(),
    }
}

unsafe extern "C" fn create_plugin(
    _: *const clap_plugin_factory,
    host: *const clap_host,
    id: *const c_char,
) -> *const clap_plugin {
    // SAFETY: hosts give a C string, or null.
    if id.is_null() || unsafe { CStr::from_ptr(id) } != descriptor().clap_id() {
        return ptr::null();
    }
    // SAFETY: the host is as CLAP describes it. The wrapper lives until that destroys the plug-in,
    // which gives this count of it back. The struct is in a cell, and nobody else knows of it yet.
    unsafe {
        let wrapper = Arc::into_raw(Wrapper::<Tween>::new(host));
        let plugin = (*wrapper).clap_plugin.as_ptr();
        if let Some(process) = (*plugin).process.replace(process) {
            WRAPPED.get_or_init(|| process);
        }
        plugin
    }
}

/// nice-plug's `process()` with no event after the last sample.
unsafe extern "C" fn process(
    plugin: *const clap_plugin,
    process: *const clap_process,
) -> clap_process_status {
    let Some(&wrapped) = WRAPPED.get() else {
        return clap_sys::process::CLAP_PROCESS_ERROR;
    };
    // SAFETY: the host's pointers are those that CLAP asks of it, or null. What is made here lives
    // until `wrapped` comes back, which keeps none of it.
    unsafe {
        let late = process.as_ref().and_then(|block| {
            Some((
                block,
                Late::of(block.in_events.as_ref()?, block.frames_count)?,
            ))
        });
        match late {
            None => wrapped(plugin, process),
            Some((block, late)) => {
                let events = late.list();
                let block = clap_process {
                    in_events: &raw const events,
                    ..*block
                };
                wrapped(plugin, &raw const block)
            }
        }
    }
}

/// Room for an event of any kind that CLAP 1.2 knows; the largest is that of the transport.
const ROOM: usize = 128;
/// How many late events of one block are heard: what comes after them is not.
const MOST: usize = 128;

#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Room([MaybeUninit<u8>; ROOM]);

/// A host's list of events, of which the last come too late.
struct Late<'a> {
    events: &'a clap_input_events,
    /// The first late one.
    first: u32,
    /// It and those that follow, at the last sample.
    moved: [Room; MOST],
    /// How many of those there are.
    len: u32,
}

impl<'a> Late<'a> {
    /// `None` if no event is late. Lists are in the order of time, so the last one tells.
    ///
    /// # Safety
    /// The list is one as CLAP describes it.
    unsafe fn of(events: &'a clap_input_events, frames: u32) -> Option<Late<'a>> {
        let (size, get) = (events.size?, events.get?);
        // SAFETY: the caller's list; an event of it is valid until the block is over.
        unsafe {
            let size = size(events);
            let at = |index: u32| get(events, index).as_ref();
            let is_late = |index: &u32| at(*index).is_some_and(|event| event.time >= frames);
            let first = (0..size).rev().take_while(is_late).last()?;
            let mut late = Late {
                events,
                first,
                moved: [Room([MaybeUninit::uninit(); ROOM]); MOST],
                len: (size - first).min(MOST as u32),
            };
            for (index, room) in (first..size).zip(&mut late.moved) {
                let event = at(index)?;
                let length = event.size as usize;
                if length < size_of::<clap_event_header>() || length > ROOM {
                    // Of no kind that is known here: nobody would read it.
                    late.len = index - first;
                    break;
                }
                let header: *mut clap_event_header = room.0.as_mut_ptr().cast();
                ptr::copy_nonoverlapping(ptr::from_ref(event).cast(), header.cast::<u8>(), length);
                (*header).time = frames.saturating_sub(1);
            }
            Some(late)
        }
    }

    /// The list that nice-plug reads instead. Valid as long as this.
    fn list(&self) -> clap_input_events {
        clap_input_events {
            ctx: ptr::from_ref(self).cast_mut().cast(),
            size: Some(size),
            get: Some(get),
        }
    }
}

unsafe extern "C" fn size(list: *const clap_input_events) -> u32 {
    // SAFETY: made by `Late::list`, and read while that lives.
    let late = unsafe { &*(*list).ctx.cast::<Late<'_>>() };
    late.first + late.len
}

unsafe extern "C" fn get(list: *const clap_input_events, index: u32) -> *const clap_event_header {
    // SAFETY: made by `Late::list`, and read while that lives.
    let late = unsafe { &*(*list).ctx.cast::<Late<'_>>() };
    match index.checked_sub(late.first) {
        Some(place) if place < late.len => late.moved[place as usize].0.as_ptr().cast(),
        Some(_) => ptr::null(),
        None => match late.events.get {
            // SAFETY: the host's own list.
            Some(get) => unsafe { get(late.events, index) },
            None => ptr::null(),
        },
    }
}
