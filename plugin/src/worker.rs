//! The worker thread: finds paths better than the linear one, listens to them, and publishes each
//! as soon as it is there.
//!
//! One thread per instance, started by the first request and joined when the instance goes. Of
//! requests the latest wins: one that waits is replaced, one that is worked on is given up at the
//! next look. A failure, a panic too, is a value that the editor shows. The thread steps back behind
//! everything else on the machine, and never computes on more than one core.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use engine::{EngineKind, MorphTable};
use host_bridge::priority;
use presets::Patch;

use crate::paths::Paths;
use crate::session::PathKind;
use crate::shared::{Desk, Progress};
use crate::trail;

/// What the worker shall find a path for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which choice of A and B this is.
    pub generation: u64,
    /// The path that plays until then.
    pub table: Box<MorphTable>,
    /// Whether a better one is wanted; otherwise that one is only listened to.
    pub find: bool,
    /// The sound at Morph 0.
    pub a: Patch,
    /// The sound at Morph 1.
    pub b: Patch,
    /// How to travel between them.
    pub path: PathKind,
    /// The arithmetic it is listened to with.
    pub engine: EngineKind,
}

/// What the worker does with a request, one after the other. Every stage that finds a path
/// publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Asks the network for a path.
    Neural,
    /// Finds the path on which timbre moves at constant speed.
    Even,
    /// Listens to the path that plays.
    Trail,
}

impl Stage {
    /// What a user reads while it works.
    pub fn doing(self) -> &'static str {
        match self {
            Stage::Neural => "imagining a path",
            Stage::Even => "finding even steps",
            Stage::Trail => "listening",
        }
    }
}

/// Who knows how to do the stages. Its own type so that the thread can be tested with another.
pub trait Work: Send + 'static {
    /// The stages of a request, in their order.
    fn stages(&self, request: &Request) -> &'static [Stage];

    /// Does a stage and puts what it found on the desk. Looks at `go_on` often, and stops if that
    /// says no.
    ///
    /// # Errors
    /// A line for the user.
    fn work(
        &mut self,
        stage: Stage,
        request: &Request,
        desk: &Desk,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(), String>;
}

/// What the plug-in's worker does.
pub struct PathWorker {
    paths: Paths,
}

impl PathWorker {
    /// One that finds paths so.
    pub fn new(paths: Paths) -> PathWorker {
        PathWorker { paths }
    }

    /// How it finds them.
    #[cfg(test)]
    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }
}

impl Work for PathWorker {
    fn stages(&self, request: &Request) -> &'static [Stage] {
        match request.path {
            _ if !request.find => &[Stage::Trail],
            PathKind::Linear => &[Stage::Trail],
            PathKind::Neural => &[Stage::Neural, Stage::Trail],
            // The network's path plays while the even one is searched.
            PathKind::Even => &[Stage::Neural, Stage::Even, Stage::Trail],
        }
    }

    fn work(
        &mut self,
        stage: Stage,
        request: &Request,
        desk: &Desk,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(), String> {
        let generation = request.generation;
        match stage {
            Stage::Neural => match self.paths.neural(request, &mut |table| {
                desk.publish(generation, &table, false);
            }) {
                Ok(table) => {
                    desk.publish(generation, &table, request.path == PathKind::Neural);
                    self.paths.keep();
                }
                // The even path can be found without it.
                Err(_) if request.path == PathKind::Even => {}
                Err(reason) => return Err(reason),
            },
            Stage::Even => {
                let mut progress = |part| desk.report(generation, Progress::Working(stage, part));
                if let Some(table) = self.paths.even(request, &mut progress, go_on) {
                    desk.publish(generation, &table, true);
                    self.paths.keep();
                }
            }
            Stage::Trail => {
                let Some(table) = desk.table(generation) else {
                    return Ok(());
                };
                if let Some(trail) = trail::listen(&table, request.engine, go_on) {
                    desk.show_trail(generation, trail);
                }
            }
        }
        Ok(())
    }
}

/// The handle of the thread.
pub struct Worker {
    /// Taken in `Drop`, which ends the thread.
    requests: Option<Sender<Request>>,
    /// The other end of `requests`, to take out what nobody has begun.
    waiting: Receiver<Request>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system has no thread to give.
    pub fn start(desk: Arc<Desk>, work: impl Work) -> io::Result<Worker> {
        let (requests, waiting) = bounded(1);
        let stop = Arc::new(AtomicBool::new(false));
        let (received, stopped) = (waiting.clone(), stop.clone());
        let thread = std::thread::Builder::new()
            .name("tween-worker".to_owned())
            .spawn(move || run(&received, &stopped, &desk, work))?;
        Ok(Worker {
            requests: Some(requests),
            waiting,
            stop,
            thread: Some(thread),
        })
    }

    /// Asks for a path; a request that still waits is replaced.
    pub fn request(&self, mut request: Request) {
        let Some(requests) = &self.requests else {
            return;
        };
        while let Err(TrySendError::Full(back)) = requests.try_send(request) {
            request = back;
            // Taken out by the thread meanwhile, it is as gone.
            let _ = self.waiting.try_recv();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // Its panics were caught and shown.
            let _ = thread.join();
        }
    }
}

fn run(requests: &Receiver<Request>, stop: &AtomicBool, desk: &Desk, mut work: impl Work) {
    priority::step_back();
    for request in requests {
        let generation = request.generation;
        let go_on = || !stop.load(Ordering::Acquire) && desk.is_current(generation);
        let stages = work.stages(&request);
        for (i, &stage) in stages.iter().enumerate() {
            if !go_on() {
                break;
            }
            desk.report(generation, Progress::Working(stage, 0.0));
            let result = catch_unwind(AssertUnwindSafe(|| {
                work.work(stage, &request, desk, &go_on)
            }));
            let progress = match result {
                Ok(Ok(())) if i + 1 == stages.len() => Progress::Ready(stage),
                Ok(Ok(())) => continue,
                Ok(Err(reason)) => Progress::Failed(reason),
                Err(_) => {
                    Progress::Failed(format!("a fault in the program while {}", stage.doing()))
                }
            };
            desk.report(generation, progress);
            break;
        }
        if stop.load(Ordering::Acquire) {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::tests::{choice, desk};
    use presets::Parameter;

    /// Tells what it begins (by the algorithm of A), waits to be told to go on, and then does as it
    /// was told.
    struct Puppet {
        begun: Sender<u8>,
        orders: Receiver<Result<(), String>>,
    }

    impl Work for Puppet {
        fn stages(&self, _: &Request) -> &'static [Stage] {
            &[Stage::Trail]
        }

        fn work(
            &mut self,
            _: Stage,
            request: &Request,
            _: &Desk,
            _: &dyn Fn() -> bool,
        ) -> Result<(), String> {
            self.begun
                .send(request.a.get(Parameter::ALGORITHM))
                .map_err(|e| e.to_string())?;
            let order = self.orders.recv().map_err(|e| e.to_string())?;
            if order == Err("panic".to_owned()) {
                panic!("as ordered");
            }
            order
        }
    }

    fn puppet() -> (Puppet, Receiver<u8>, Sender<Result<(), String>>) {
        let ((begun, begins), (order, orders)) = (bounded(8), bounded(8));
        (Puppet { begun, orders }, begins, order)
    }

    #[test]
    fn of_waiting_requests_the_latest_wins() {
        let (desk, _output, first) = desk(choice(1), choice(2));
        let (puppet, begins, order) = puppet();
        let worker = Worker::start(desk, puppet).unwrap();
        let with = |algorithm| Request {
            a: choice(algorithm).patch,
            ..first.clone()
        };
        worker.request(with(1));
        assert_eq!(begins.recv(), Ok(1));
        for algorithm in [2, 3, 4] {
            worker.request(with(algorithm));
        }
        for _ in 0..2 {
            order.send(Ok(())).unwrap();
        }
        assert_eq!(begins.recv(), Ok(4));
        drop(worker);
        assert!(begins.recv().is_err(), "nothing else was begun");
    }

    #[test]
    fn failures_and_panics_are_shown_and_survived() {
        let cases = [
            (Ok(()), Progress::Ready(Stage::Trail)),
            (Err("no weights"), Progress::Failed("no weights".to_owned())),
            (
                Err("panic"),
                Progress::Failed("a fault in the program while listening".to_owned()),
            ),
        ];
        let (desk, _output, request) = desk(choice(1), choice(2));
        for (order_given, shown) in cases {
            let (puppet, begins, order) = puppet();
            let worker = Worker::start(desk.clone(), puppet).unwrap();
            order.send(order_given.map_err(str::to_owned)).unwrap();
            worker.request(request.clone());
            assert_eq!(begins.recv(), Ok(1));
            drop(worker);
            assert_eq!(desk.snapshot().progress, shown);
        }
    }
}
