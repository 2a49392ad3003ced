//! A host that remembers what a script was told, so that the script can be run again from its start: each run sees the
//! same world, and what it does to the world happens once.
//!
//! A run is behind the log as long as it asks what an earlier run asked: the log answers. Once it is ahead it asks the
//! real host, and the log grows. What a script prints goes to whoever began the run, in each run.

mod channels;
mod event;

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use rustix::io::Errno;

use super::{Clock, Host, Opening, Standard};
use crate::stream::Channel;
use channels::{Handle, Printed};
use event::{Call, ChannelId, Event, Failure, Given};

/// Bytes of memory that a log may take.
pub const LIMIT: usize = 64 << 20;

/// Takes what a script prints.
pub type Output = Box<dyn FnMut(Standard, &[u8])>;

/// What all runs of a script share: the real host, the channels that it opened, and what was asked and answered.
#[derive(Clone)]
pub struct Log(Rc<RefCell<History>>);

struct History {
    world: World,
    arguments: Vec<String>,
    events: Vec<Event>,
    /// What was printed, by [`Standard`]. It is no event: when text leaves a buffer may depend on who watches.
    printed: [Vec<u8>; 3],
    /// Bytes of memory that both take.
    size: usize,
    limit: usize,
    /// Nothing was left out.
    complete: bool,
    run: Run,
}

struct World {
    host: Box<dyn Host>,
    channels: Vec<Slot>,
}

/// A real channel, which belongs to no run.
struct Slot {
    /// `None` once a script closed it.
    channel: Option<Box<dyn Channel>>,
    traits: Traits,
    /// How it is called in a sentence.
    name: String,
}

/// What a channel is from its opening to its end.
#[derive(Clone, Copy, Default)]
struct Traits {
    is_terminal: bool,
    is_seekable: bool,
    descriptor: Option<i32>,
}

/// The run that counts. There is one at a time: what is left of those before asks in vain.
struct Run {
    number: u64,
    /// How many events it has seen.
    at: usize,
    /// Bytes, by [`Standard`].
    printed: [usize; 3],
    standing: Standing,
    /// What its clocks showed last.
    clocks: [i64; 3],
}

enum Standing {
    Going,
    Over,
    /// It did something else than the runs before it, which the sentence tells.
    Diverged(String),
}

impl Log {
    /// A log without a run, for scripts that find `input` as their standard input.
    pub fn new(host: Box<dyn Host>, input: Box<dyn Channel>) -> Log {
        Log::bounded(host, input, LIMIT)
    }

    fn bounded(host: Box<dyn Host>, input: Box<dyn Channel>, limit: usize) -> Log {
        let arguments = host.arguments();
        let world = World { host, channels: vec![Slot::new(input, "standard input".into())] };
        let run = Run::new(0, Standing::Over);
        let history = History {
            world,
            arguments,
            events: Vec::new(),
            printed: Default::default(),
            size: 0,
            limit,
            complete: true,
            run,
        };
        Log(Rc::new(RefCell::new(history)))
    }

    /// The host of a run from the script's start; the run before it ends ([`Log::end_run`]). If the log is not complete,
    /// the run counts as diverged.
    pub fn begin_run(&self, output: Output) -> Replaying {
        let history = &mut *self.0.borrow_mut();
        let standing = match history.complete {
            true => Standing::Going,
            false => Standing::Diverged("What the script was told at first is forgotten: it was too much.".into()),
        };
        let number = history.run.number + 1;
        history.run = Run::new(number, standing);
        Replaying { log: self.clone(), run: number, output: Rc::new(RefCell::new(output)) }
    }

    /// Ends the run where it is. What its script may do afterwards is neither done nor logged: files that are dropped
    /// with what they had still to write, handlers of the exception that stops it. Whoever stops a script that is not at
    /// its end calls this first; dropping its host does, too.
    pub fn end_run(&self) {
        let run = &mut self.0.borrow_mut().run;
        if let Standing::Going = run.standing {
            run.standing = Standing::Over;
        }
    }

    /// Whether the script can be run again: the log took no more than [`LIMIT`].
    pub fn is_complete(&self) -> bool {
        self.0.borrow().complete
    }

    /// Ends the run because its script came to its end. If an earlier run asked or printed more, this one diverged.
    pub fn end_script(&self) {
        let history = &mut *self.0.borrow_mut();
        if let Standing::Diverged(_) = history.run.standing {
            return;
        }
        let shorter = history.run.printed.iter().zip(&history.printed).any(|(printed, known)| *printed < known.len());
        history.run.standing = match history.events.get(history.run.at) {
            Some(event) => Standing::Diverged(history.missing(&event.call)),
            None if shorter => {
                Standing::Diverged("The script ended without printing all that it printed in an earlier run.".into())
            }
            None => Standing::Over,
        };
    }

    /// Whether the run has still to ask what an earlier one asked.
    pub fn is_behind(&self) -> bool {
        let history = self.0.borrow();
        history.run.at < history.events.len()
    }

    /// A sentence about what the run did unlike those before it. Such a run has to be stopped: what it asks for fails,
    /// and what it writes is lost.
    pub fn diverged(&self) -> Option<String> {
        match &self.0.borrow().run.standing {
            Standing::Diverged(sentence) => Some(sentence.clone()),
            Standing::Going | Standing::Over => None,
        }
    }

    fn is_going(&self, run: u64) -> bool {
        let current = &self.0.borrow().run;
        current.number == run && matches!(current.standing, Standing::Going)
    }

    /// The answer to a call: the log's, or else the world's.
    fn ask(&self, run: u64, call: Call, live: impl FnOnce(&mut World) -> io::Result<Given>) -> io::Result<Given> {
        let history = &mut *self.0.borrow_mut();
        history.run.check(run)?;
        match history.events.get(history.run.at) {
            Some(event) if event.call == call => {
                history.run.at += 1;
                event.answer.clone().map_err(|failure| io::Error::from(&failure))
            }
            Some(event) => {
                let sentence = history.difference(&event.call, &call);
                Err(history.run.diverge(sentence))
            }
            None => {
                let answer = live(&mut history.world);
                match &answer {
                    // The user stopped this run. The next one gets an answer.
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => history.run.standing = Standing::Over,
                    Err(error) => history.append(call, Err(error.into())),
                    Ok(given) => history.append(call, Ok(given.clone())),
                }
                answer
            }
        }
    }

    /// Compares what a run prints with what others did.
    fn print(&self, run: u64, which: Standard, bytes: &[u8]) -> io::Result<()> {
        let history = &mut *self.0.borrow_mut();
        history.run.check(run)?;
        let (known, at) = (&history.printed[which as usize], &mut history.run.printed[which as usize]);
        let (known, from) = (known.get(*at..).unwrap_or_default(), *at);
        let fresh = &bytes[known.len().min(bytes.len())..];
        *at += bytes.len();
        if let Some(common) = known.iter().zip(bytes).position(|(known, byte)| known != byte) {
            let (stream, place) = (if which == Standard::Err { "error" } else { "output" }, from + common);
            let sentence = format!(
                "The script printed something else than in an earlier run, from byte {place} of its standard {stream} on."
            );
            return Err(history.run.diverge(sentence));
        }
        if history.has_room(fresh.len()) {
            history.printed[which as usize].extend_from_slice(fresh);
        }
        Ok(())
    }
}

impl Run {
    fn new(number: u64, standing: Standing) -> Run {
        Run { number, at: 0, printed: [0; 3], standing, clocks: [0; 3] }
    }

    /// Whether the run of this number may ask for anything.
    fn check(&self, number: u64) -> io::Result<()> {
        match &self.standing {
            Standing::Going if self.number == number => Ok(()),
            Standing::Diverged(sentence) if self.number == number => Err(io::Error::other(sentence.clone())),
            Standing::Going | Standing::Over | Standing::Diverged(_) => Err(io::ErrorKind::Interrupted.into()),
        }
    }

    fn diverge(&mut self, sentence: String) -> io::Error {
        self.standing = Standing::Diverged(sentence.clone());
        io::Error::other(sentence)
    }
}

impl History {
    fn append(&mut self, call: Call, answer: Result<Given, Failure>) {
        let event = Event { call, answer };
        if self.has_room(event.size()) {
            self.events.push(event);
            self.run.at = self.events.len();
        }
    }

    /// Makes room for so many bytes. If that is too much, nothing is logged any more, and what was is forgotten.
    fn has_room(&mut self, size: usize) -> bool {
        self.size += size;
        if self.complete && self.size > self.limit {
            self.complete = false;
            self.events = Vec::new();
            self.printed = Default::default();
            self.run.at = 0;
        }
        self.complete
    }

    /// What a call does, behind the words "the script".
    fn describe(&self, call: &Call) -> String {
        call.describe(|id| self.world.channels.get(id.0 as usize).map_or("a file", |slot| &slot.name))
    }

    /// What a run that is over did not do any more.
    fn missing(&self, before: &Call) -> String {
        format!("The script ended where it {} in an earlier run.", self.describe(before))
    }

    /// What a run does unlike those before it.
    fn difference(&self, before: &Call, now: &Call) -> String {
        let (before, now) = (self.describe(before), self.describe(now));
        match before == now {
            true => format!("The script {now}, but other ones than in an earlier run."),
            false => format!("The script {now} where it {before} in an earlier run."),
        }
    }
}

impl World {
    fn channel(&mut self, id: ChannelId) -> io::Result<&mut dyn Channel> {
        match self.channels.get_mut(id.0 as usize).and_then(|slot| slot.channel.as_mut()) {
            Some(channel) => Ok(&mut **channel),
            None => Err(Errno::BADF.into()),
        }
    }
}

impl Slot {
    fn new(channel: Box<dyn Channel>, name: String) -> Slot {
        let traits = Traits {
            is_terminal: channel.is_terminal(),
            is_seekable: channel.is_seekable(),
            descriptor: channel.descriptor(),
        };
        Slot { channel: Some(channel), traits, name }
    }
}

/// The host of one run.
pub struct Replaying {
    log: Log,
    run: u64,
    output: Rc<RefCell<Output>>,
}

impl Replaying {
    fn handle(&self, id: ChannelId) -> Box<dyn Channel> {
        let history = self.log.0.borrow();
        let traits = history.world.channels.get(id.0 as usize).map(|slot| slot.traits).unwrap_or_default();
        Box::new(Handle { log: self.log.clone(), run: self.run, id, traits, unflushed: false })
    }
}

impl Drop for Replaying {
    /// A machine drops its host before its values: files that the script did not close are not closed by this.
    fn drop(&mut self) {
        if self.log.is_going(self.run) {
            self.log.end_run();
        }
    }
}

impl Host for Replaying {
    fn stream(&mut self, which: Standard) -> Box<dyn Channel> {
        match which {
            Standard::In => self.handle(ChannelId::INPUT),
            Standard::Out | Standard::Err => {
                Box::new(Printed { log: self.log.clone(), run: self.run, which, output: self.output.clone() })
            }
        }
    }

    fn open(&mut self, path: &str, how: Opening) -> io::Result<Box<dyn Channel>> {
        let call = Call::Open { path: path.into(), how };
        let opened = self.log.ask(self.run, call, |world| {
            let channel = world.host.open(path, how)?;
            world.channels.push(Slot::new(channel, format!("'{path}'")));
            Ok(Given::Number(world.channels.len() as i64 - 1))
        })?;
        Ok(self.handle(ChannelId(opened.number() as u32)))
    }

    fn clock(&mut self, clock: Clock) -> i64 {
        let told = self.log.ask(self.run, Call::Clock(clock), |world| Ok(Given::Number(world.host.clock(clock))));
        let shown = &mut self.log.0.borrow_mut().run.clocks[clock as usize];
        if let Ok(time) = told {
            *shown = time.number();
        }
        *shown
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        let live = |world: &mut World| world.host.sleep(time).map(|()| Given::DONE);
        self.log.ask(self.run, Call::Sleep(time), live).map(drop)
    }

    fn arguments(&self) -> Vec<String> {
        self.log.0.borrow().arguments.clone()
    }
}

#[cfg(test)]
mod tests;
