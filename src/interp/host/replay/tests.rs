use std::io::{Read, Seek, SeekFrom, Write};

use super::*;
use crate::stream::Memory;

/// What a [`Counting`] host was asked to do, in order.
type Deeds = Rc<RefCell<Vec<String>>>;

/// A host whose files are in memory, all with the same content. It is interrupted as often as it is told.
struct Counting {
    deeds: Deeds,
    interruptions: Rc<RefCell<usize>>,
    time: i64,
}

impl Counting {
    fn do_it(&self, deed: String) -> io::Result<()> {
        let mut interruptions = self.interruptions.borrow_mut();
        if *interruptions > 0 {
            *interruptions -= 1;
            return Err(io::ErrorKind::Interrupted.into());
        }
        self.deeds.borrow_mut().push(deed);
        Ok(())
    }
}

impl Host for Counting {
    fn stream(&mut self, _: Standard) -> Box<dyn Channel> {
        panic!("the streams of a replayed run are not the host's")
    }

    fn open(&mut self, path: &str, _: Opening) -> io::Result<Box<dyn Channel>> {
        self.do_it(format!("open {path}"))?;
        match path {
            "missing" => Err(Errno::NOENT.into()),
            "odd" => Err(io::Error::new(io::ErrorKind::InvalidData, "an odd file")),
            _ => Ok(Box::new(CountingFile { deeds: self.deeds.clone(), memory: Memory::new("content") })),
        }
    }

    fn clock(&mut self, _: Clock) -> i64 {
        self.time += 1;
        self.time
    }

    fn sleep(&mut self, time: Duration) -> io::Result<()> {
        self.do_it(format!("sleep {}", time.as_secs()))
    }

    fn arguments(&self) -> Vec<String> {
        vec!["script".into(), "argument".into()]
    }
}

struct CountingFile {
    deeds: Deeds,
    memory: Memory,
}

impl CountingFile {
    fn do_it(&self, deed: &str) {
        self.deeds.borrow_mut().push(deed.into());
    }
}

impl Read for CountingFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.do_it("read");
        self.memory.read(buffer)
    }
}

impl Write for CountingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes == b"too much" {
            return Err(Errno::NOSPC.into());
        }
        // As a pipe does, it takes what it likes.
        let count = bytes.len().min(4);
        self.do_it(&format!("write {}", String::from_utf8_lossy(&bytes[..count])));
        self.memory.write(&bytes[..count])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.do_it("flush");
        Ok(())
    }
}

impl Seek for CountingFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.do_it("seek");
        self.memory.seek(to)
    }
}

impl Channel for CountingFile {
    fn is_seekable(&self) -> bool {
        true
    }

    fn truncate(&mut self, len: u64) -> io::Result<()> {
        self.do_it("truncate");
        self.memory.truncate(len)
    }

    fn descriptor(&self) -> Option<i32> {
        Some(17)
    }
}

impl Drop for CountingFile {
    fn drop(&mut self) {
        self.do_it("close");
    }
}

struct Trial {
    log: Log,
    deeds: Deeds,
    interruptions: Rc<RefCell<usize>>,
    printed: Rc<RefCell<String>>,
}

impl Trial {
    fn new(limit: usize) -> Trial {
        let (deeds, interruptions) = (Deeds::default(), Rc::new(RefCell::new(0)));
        let host = Counting { deeds: deeds.clone(), interruptions: interruptions.clone(), time: 0 };
        let log = Log::bounded(Box::new(host), Box::new(Memory::new("line 1\nline 2\n")), limit);
        Trial { log, deeds, interruptions, printed: Rc::default() }
    }

    fn begin_run(&self) -> Replaying {
        self.printed.borrow_mut().clear();
        let printed = self.printed.clone();
        self.log.begin_run(Box::new(move |which, bytes| {
            *printed.borrow_mut() += &format!("{which:?}: {}", String::from_utf8_lossy(bytes));
        }))
    }

    /// What was done since this was asked last.
    fn deeds(&self) -> String {
        self.deeds.borrow_mut().drain(..).collect::<Vec<_>>().join(", ")
    }
}

fn text(channel: &mut dyn Channel, count: usize) -> String {
    let mut buffer = vec![0; count];
    let count = channel.read(&mut buffer).unwrap();
    String::from_utf8_lossy(&buffer[..count]).into_owned()
}

const READ_WRITE: Opening =
    Opening { read: true, write: true, append: false, truncate: false, create: false, create_new: false };

/// Asks everything there is to ask; gives what it learned.
fn everything(host: &mut Replaying) -> String {
    let mut learned = format!("{:?}", host.arguments());
    let mut say = |what: &dyn std::fmt::Debug| learned += &format!("\n{what:?}");
    for clock in [Clock::Calendar, Clock::Monotonic, Clock::Process, Clock::Calendar] {
        say(&host.clock(clock));
    }
    say(&host.sleep(Duration::from_secs(7)));
    let mut input = host.stream(Standard::In);
    say(&(text(&mut *input, 3), text(&mut *input, 9)));
    for missing in ["missing", "odd"] {
        let error = host.open(missing, READ_WRITE).err().unwrap();
        say(&(error.kind(), error.raw_os_error(), error.to_string()));
    }
    let (mut a, mut b) = (host.open("a", READ_WRITE).unwrap(), host.open("b", READ_WRITE).unwrap());
    say(&(a.descriptor(), a.is_seekable(), a.is_terminal()));
    say(&(text(&mut *a, 2), text(&mut *b, 100), text(&mut *a, 3), text(&mut *b, 100)));
    say(&(b.write(b"123456").unwrap(), b.write(b"56").unwrap(), b.flush().unwrap()));
    say(&b.write(b"too much").unwrap_err().to_string());
    say(&(b.seek(SeekFrom::Start(5)).unwrap(), b.stream_position().unwrap(), b.truncate(9).unwrap()));
    drop(a);
    say(&text(&mut *b, 100));
    say(&host.stream(Standard::Out).write(b"hello ").unwrap());
    say(&host.stream(Standard::Err).write(b"oops ").unwrap());
    learned
}

#[test]
fn the_second_run_learns_the_same_and_does_nothing() {
    let trial = Trial::new(LIMIT);
    let first = everything(&mut trial.begin_run());
    assert_eq!(
        trial.deeds(),
        "sleep 7, open missing, open odd, open a, open b, read, read, read, read, write 1234, write 56, flush, seek, \
         seek, truncate, close, read, close"
    );
    for _ in 0..2 {
        let mut host = trial.begin_run();
        assert!(trial.log.is_behind());
        assert_eq!(everything(&mut host), first);
        assert_eq!(*trial.printed.borrow(), "Out: hello Err: oops ");
        assert_eq!((trial.deeds(), trial.log.diverged()), (String::new(), None));
        assert!(!trial.log.is_behind());
    }
    expect_test::expect![[r#"
        ["script", "argument"]
        1
        2
        3
        4
        Ok(())
        ("lin", "e 1\nline ")
        (NotFound, Some(2), "No such file or directory (os error 2)")
        (InvalidData, None, "an odd file")
        (Some(17), true, false)
        ("co", "content", "nte", "")
        (4, 2, ())
        "No space left on device (os error 28)"
        (5, 5, ())
        "nt12"
        6
        5
    "#]]
    .assert_eq(&(first + "\n"));
}

#[test]
fn a_run_that_overtakes_goes_on_with_the_same_channels() {
    let trial = Trial::new(LIMIT);
    let mut host = trial.begin_run();
    let mut file = host.open("a", READ_WRITE).unwrap();
    let mut input = host.stream(Standard::In);
    assert_eq!(
        (text(&mut *file, 3), text(&mut *input, 4), host.clock(Clock::Process)),
        ("con".into(), "line".into(), 1)
    );
    trial.log.end_run();
    // What an ended run does on its way out reaches nobody.
    assert_eq!(file.write(b"lost").unwrap(), 4);
    file.flush().unwrap();
    assert_eq!(file.read(&mut [0; 9]).unwrap_err().kind(), io::ErrorKind::Interrupted);
    assert_eq!(host.clock(Clock::Process), 1);
    drop((file, input, host));
    assert_eq!(trial.deeds(), "open a, read");

    let mut host = trial.begin_run();
    let mut file = host.open("a", READ_WRITE).unwrap();
    let mut input = host.stream(Standard::In);
    assert_eq!(
        (text(&mut *file, 3), text(&mut *input, 4), host.clock(Clock::Process)),
        ("con".into(), "line".into(), 1)
    );
    assert_eq!(trial.deeds(), "");
    assert_eq!(
        (text(&mut *file, 3), text(&mut *input, 4), host.clock(Clock::Process)),
        ("ten".into(), " 1\nl".into(), 2)
    );
    drop(file);
    assert_eq!(trial.deeds(), "read, close");

    // The handles of a run that another has replaced are dead, too.
    let mut third = trial.begin_run();
    assert_eq!(host.open("b", READ_WRITE).err().unwrap().kind(), io::ErrorKind::Interrupted);
    drop((host, input));
    let mut file = third.open("a", READ_WRITE).unwrap();
    let mut input = third.stream(Standard::In);
    assert_eq!(
        (text(&mut *file, 3), text(&mut *input, 4), third.clock(Clock::Process)),
        ("con".into(), "line".into(), 1)
    );
    assert_eq!(trial.log.diverged(), None);
    drop(third);
    drop((file, input));
    assert_eq!((trial.deeds(), trial.log.diverged()), (String::new(), None));
}

/// A run that begins otherwise than the first, which opened, wrote and printed.
#[track_caller]
fn diverges(script: impl FnOnce(&mut Replaying) -> io::Result<()>, sentence: &str) {
    let trial = Trial::new(LIMIT);
    let mut host = trial.begin_run();
    host.open("a", READ_WRITE).unwrap().write_all(b"123").unwrap();
    host.stream(Standard::Out).write_all(b"0x7f01").unwrap();
    drop(host);
    let deeds = trial.deeds();

    let mut host = trial.begin_run();
    let failed = script(&mut host).unwrap_err();
    assert_eq!((failed.kind(), failed.to_string()), (io::ErrorKind::Other, sentence.into()));
    assert_eq!(trial.log.diverged().as_deref(), Some(sentence));
    assert_eq!(host.sleep(Duration::ZERO).unwrap_err().to_string(), sentence);
    assert_eq!(host.clock(Clock::Calendar), 0);
    assert_eq!(host.stream(Standard::Err).write(b"said to nobody").unwrap(), 14);
    assert_eq!(*trial.printed.borrow(), "");
    drop(host);
    assert_eq!((trial.deeds(), deeds), (String::new(), "open a, write 123, close".into()));
    assert!(trial.log.diverged().is_some());

    let mut host = trial.begin_run();
    host.open("a", READ_WRITE).unwrap().write_all(b"123").unwrap();
    assert_eq!(trial.log.diverged(), None);
}

#[test]
fn a_run_that_does_something_else_is_stopped() {
    let open = |host: &mut Replaying| host.open("a", READ_WRITE).unwrap();
    diverges(
        |host| host.open("b", READ_WRITE).map(drop),
        "The script opened 'b' for reading and writing where it opened 'a' for reading and writing in an earlier run.",
    );
    diverges(
        |host| host.sleep(Duration::from_millis(1500)),
        "The script slept 1.5 s where it opened 'a' for reading and writing in an earlier run.",
    );
    diverges(
        |host| open(host).write_all(b"456"),
        "The script wrote 3 bytes to 'a', but other ones than in an earlier run.",
    );
    diverges(
        |host| open(host).write_all(b"1"),
        "The script wrote 1 byte to 'a' where it wrote 3 bytes to 'a' in an earlier run.",
    );
    diverges(
        |host| host.stream(Standard::In).read(&mut [0; 7]).map(drop),
        "The script read up to 7 bytes of standard input where it opened 'a' for reading and writing in an earlier run.",
    );
    diverges(
        |host| {
            open(host).write_all(b"123")?;
            host.stream(Standard::Out).write_all(b"0x7f02")
        },
        "The script printed something else than in an earlier run, from byte 5 of its standard output on.",
    );
}

#[test]
fn text_may_be_printed_in_other_pieces() {
    let trial = Trial::new(LIMIT);
    let print = |pieces: &[&str]| {
        let mut out = trial.begin_run().stream(Standard::Out);
        assert_eq!(out.write(b"its run is over").unwrap(), 15);
        let mut host = trial.begin_run();
        out = host.stream(Standard::Out);
        host.clock(Clock::Calendar);
        pieces.iter().for_each(|piece| out.write_all(piece.as_bytes()).unwrap());
        host.clock(Clock::Monotonic);
        trial.printed.borrow().replace("Out: ", "|")
    };
    assert_eq!(print(&["ab", "cd"]), "|ab|cd");
    assert_eq!(print(&["a", "bcd", "e"]), "|a|bcd|e");
    assert_eq!(print(&["abc", "defg"]), "|abc|defg");
    assert_eq!(trial.log.diverged(), None);
}

#[test]
fn a_file_that_is_closed_elsewhere_is_noticed() {
    let trial = Trial::new(LIMIT);
    let mut host = trial.begin_run();
    let file = host.open("a", READ_WRITE).unwrap();
    host.clock(Clock::Calendar);
    drop(file);
    let mut host = trial.begin_run();
    drop(host.open("a", READ_WRITE).unwrap());
    let sentence = "The script closed 'a' where it asked for the time in an earlier run.";
    assert_eq!(trial.log.diverged().as_deref(), Some(sentence));
}

#[test]
fn beyond_the_limit_a_run_goes_on_and_is_the_last() {
    let limit = 10 * size_of::<Event>();
    let trial = Trial::new(limit);
    let mut host = trial.begin_run();
    let mut file = host.open("a", READ_WRITE).unwrap();
    for time in 1..10 {
        assert!(trial.log.is_complete());
        assert_eq!(host.clock(Clock::Calendar), time);
    }
    assert!(!trial.log.is_complete());
    assert_eq!((host.clock(Clock::Calendar), text(&mut *file, 9)), (10, "content".into()));
    host.stream(Standard::Out).write_all(b"still here").unwrap();
    drop(file);
    assert_eq!((trial.deeds().as_str(), trial.log.diverged()), ("open a, read, close", None));
    assert_eq!(*trial.printed.borrow(), "Out: still here");

    let mut host = trial.begin_run();
    assert!(trial.log.diverged().is_some());
    assert!(host.open("a", READ_WRITE).is_err());
    assert_eq!(trial.deeds(), "");
}

#[test]
fn bytes_that_were_read_or_printed_count() {
    const INPUT: usize = "line 1\nline 2\n".len();
    for (room, is_complete) in [(INPUT, true), (INPUT - 1, false)] {
        let trial = Trial::new(size_of::<Event>() + room);
        let mut host = trial.begin_run();
        let mut input = host.stream(Standard::In);
        assert_eq!(text(&mut *input, 100).len(), INPUT);
        assert_eq!(trial.log.is_complete(), is_complete);

        let trial = Trial::new(room);
        let mut host = trial.begin_run();
        host.stream(Standard::Out).write_all(&[b'x'; INPUT]).unwrap();
        assert_eq!(trial.log.is_complete(), is_complete);
    }
}

#[test]
fn an_interrupted_call_is_asked_again_by_the_next_run() {
    let trial = Trial::new(LIMIT);
    let mut host = trial.begin_run();
    let mut file = host.open("a", READ_WRITE).unwrap();
    *trial.interruptions.borrow_mut() = 1;
    assert_eq!(host.sleep(Duration::from_secs(3)).unwrap_err().kind(), io::ErrorKind::Interrupted);
    // A handler of the interruption must not do what a script that was not interrupted would not.
    assert_eq!(host.sleep(Duration::from_secs(5)).unwrap_err().kind(), io::ErrorKind::Interrupted);
    file.write_all(b"interrupted").unwrap();
    drop(file);
    assert_eq!(trial.deeds(), "open a");

    let mut host = trial.begin_run();
    let mut file = host.open("a", READ_WRITE).unwrap();
    host.sleep(Duration::from_secs(3)).unwrap();
    file.write_all(b"done").unwrap();
    drop(file);
    assert_eq!((trial.deeds().as_str(), trial.log.diverged()), ("sleep 3, write done, close", None));
}
