use super::super::Memory;
use super::*;

fn stream(content: &[u8], mode: &str, newline: Option<&str>) -> (TextStream, Memory) {
    let memory = Memory::new(content);
    let traits = Traits {
        readable: mode.contains(['r', '+']),
        writable: mode.contains(['w', '+']),
        newline: newline.map_or(Newline::Universal, |newline| Newline::parse(newline).unwrap()),
        ..Traits::default()
    };
    (TextStream::new(traits, Box::new(memory.clone())), memory)
}

fn lines(stream: &mut TextStream) -> Vec<String> {
    std::iter::from_fn(|| stream.next_line().unwrap()).collect()
}

#[test]
fn each_newline_has_its_own_lines() {
    let content = b"a\r\nb\rc\nd";
    for (newline, expected) in [
        (None, &["a\n", "b\n", "c\n", "d"][..]),
        (Some(""), &["a\r\n", "b\r", "c\n", "d"]),
        (Some("\n"), &["a\r\n", "b\rc\n", "d"]),
        (Some("\r"), &["a\r", "\nb\r", "c\nd"]),
        (Some("\r\n"), &["a\r\n", "b\rc\nd"]),
    ] {
        assert_eq!(lines(&mut stream(content, "r", newline).0), expected, "{newline:?}");
    }
}

#[test]
fn lines_and_characters_may_be_cut_by_chunks() {
    for padding in CHUNK - 5..CHUNK + 2 {
        let text = format!("{}\r\né€😀\rx", "a".repeat(padding));
        let mut read = stream(text.as_bytes(), "r", None).0;
        assert_eq!(lines(&mut read), [format!("{}\n", "a".repeat(padding)), "é€😀\n".into(), "x".into()]);
        let mut read = stream(text.as_bytes(), "r", Some("\r\n")).0;
        assert_eq!(lines(&mut read), [format!("{}\r\n", "a".repeat(padding)), "é€😀\rx".into()]);
        let mut read = stream(text.as_bytes(), "r", None).0;
        assert_eq!(read.read(padding + 3).unwrap(), format!("{}\né€", "a".repeat(padding)));
        assert_eq!(read.tell().unwrap() as usize, padding + 7);
        assert_eq!(read.read_line(Some(2)).unwrap(), "😀\n");
        assert_eq!(read.read_all().unwrap(), "x");
    }
}

#[test]
fn what_is_not_utf8_is_said_once_and_passed_over() {
    let mut read = stream(b"ok\nab\xff\ncd\n", "r", None).0;
    let StreamError::Decode(error) = read.read_line(None).unwrap_err() else { panic!("not UTF-8") };
    assert_eq!((error.start, error.end), (5, 6));
    assert_eq!(read.read_all().unwrap(), "");
}

#[test]
fn writing_forgets_what_was_read_ahead() {
    let (mut both, memory) = stream(b"abc\ndef\nghi\n", "r+", None);
    assert_eq!(both.read_line(None).unwrap(), "abc\n");
    both.write("XY").unwrap();
    assert_eq!(both.tell().unwrap(), 14);
    both.seek(SeekFrom::Start(0)).unwrap();
    both.write("ZZ").unwrap();
    assert_eq!(both.read_line(None).unwrap(), "c\n");
    both.close().unwrap();
    assert_eq!(memory.text(), "ZZc\ndef\nghi\nXY");
}

#[test]
fn text_is_written_in_chunks_and_at_the_end() {
    let (mut write, memory) = stream(b"", "w", Some("\r\n"));
    write.write("é\n").unwrap();
    assert_eq!(memory.text(), "");
    write.write(&"a".repeat(CHUNK)).unwrap();
    assert_eq!(memory.text().len(), CHUNK + 4);
    write.write("end").unwrap();
    drop(write);
    assert!(memory.text().starts_with("é\r\na") && memory.text().ends_with("aend"));
}

#[test]
fn an_iteration_does_not_tell_where_it_is() {
    let mut read = stream(b"a\nb\n", "r", None).0;
    read.next_line().unwrap();
    assert!(matches!(read.tell(), Err(StreamError::Untold)));
    lines(&mut read);
    assert_eq!(read.tell().unwrap(), 4);
}

#[test]
fn a_closed_stream_does_nothing() {
    let mut closed = stream(b"a", "r+", None).0;
    closed.close().unwrap();
    closed.close().unwrap();
    assert!(matches!(closed.read_all(), Err(StreamError::Closed)));
    assert!(matches!(closed.write("a"), Err(StreamError::Closed)));
    assert!(matches!(closed.seek(SeekFrom::Start(0)), Err(StreamError::Closed)));
}
