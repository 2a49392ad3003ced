use super::*;

/// A few blocks, numbered.
fn blocks(count: usize) -> Memory {
    let mut memory = Memory::new((count * size_of::<Block>()) as u64).unwrap();
    for (at, line) in memory.iter_mut().enumerate() {
        line.0 = [at as u64; 8];
    }
    memory
}

fn whole(memory: &Memory) -> &[Block] {
    memory.as_chunks().0
}

fn words(blocks: &[Block]) -> Vec<u64> {
    blocks.as_flattened().iter().flat_map(|line| line.0).collect()
}

#[test]
fn memory_is_whole_blocks_of_zeros() {
    let memory = Memory::new(1).unwrap();
    assert_eq!(whole(&memory).len(), 1);
    assert!(words(whole(&memory)).iter().all(|word| *word == 0));
    assert_eq!(memory.as_ptr() as usize % (2 << 20), 0);
    assert!(Memory::new(u64::MAX).is_err());
    assert!(Memory::new(1 << 60).is_err());
}

#[test]
fn loops_over_memory_touch_what_they_are_given_and_no_more() {
    for Transfer { by, read, write, copy, stream } in [native::micro().transfer, portable::micro().transfer] {
        let source = blocks(5);
        read(whole(&source), 3);
        read(&whole(&source)[..0], 3);
        read(whole(&source), 0);
        let stream = stream.into_iter().map(|stream| (stream.write, stream.copy));
        for (write, copy) in stream.chain([(write, copy)]) {
            let mut target = blocks(5);
            copy(&whole(&source)[1..4], &mut target.blocks_mut()[..2]);
            assert_eq!(words(&whole(&target)[..2]), words(&whole(&source)[1..3]), "{by}");
            assert_eq!(words(&whole(&target)[2..]), words(&whole(&source)[2..]), "{by}");
            write(&mut target.blocks_mut()[1..3]);
            let written = words(&whole(&target)[1..3]);
            assert!(written.iter().all(|word| *word == written[0]), "{by}: {written:?}");
            assert_eq!(words(&whole(&target)[..1]), words(&whole(&source)[1..2]), "{by}");
            assert_eq!(words(&whole(&target)[3..]), words(&whole(&source)[3..]), "{by}");
            write(&mut []);
            copy(whole(&source), &mut []);
        }
    }
}

#[test]
fn loops_of_no_rounds_end() {
    let micro = Micro::here();
    let chains = micro.fma.iter().map(|(_, _, chains)| chains).chain(&micro.add_chain).chain(&micro.fma_chain);
    for Counted { run, work } in chains {
        run(0);
        run(1);
        assert!(*work > 0);
    }
    if let Some(branches) = micro.branches {
        branches(&[]);
        branches(&[0, 1]);
    }
}
