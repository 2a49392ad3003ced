use super::*;
use crate::machine::{
    Access, Bandwidth, Branches, Cache, Computed, Figure, Latencies, Load, Moved, Pages, Peak, Place, Precision, Width,
};

/// A machine with something of everything.
fn machine() -> Machine {
    let figure = |best: f64| Figure::new(best, best * 0.9 + 0.1 / 3.0).unwrap();
    Machine {
        cpu: Cpu { model: "Some CPU".into(), cores: 4, threads: 8, usable_threads: 6 },
        isa: Isa { architecture: "x86_64".into(), features: vec!["AVX2".into(), "FMA".into()] },
        caches: vec![Cache { level: 1, size: 32 << 10, line: 64, shared_by: 2 }],
        pages: Pages { size: 4096, transparent_huge: Some("madvise".into()), huge_size: None },
        rounds: 15,
        clock: Some(figure(3.2)),
        bandwidths: vec![Bandwidth {
            of: Moved { place: Place::Memory, access: Access::CopyStreaming, threads: 6, working_set: 1 << 27 },
            gb_per_s: figure(40.1),
        }],
        peaks: vec![Peak {
            of: Computed { width: Width::Bits256, precision: Precision::F32, threads: 1 },
            gflop_per_s: figure(102.4),
        }],
        latencies: Latencies {
            loads: vec![Load { place: Place::L1, working_set: 16 << 10, ns: figure(1.25) }],
            fma: None,
            branches: Branches::new(figure(1.0), figure(4.0)),
        },
    }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("toy-kept-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn what_was_kept_comes_back() {
    let machine = machine();
    let folder = folder("back");
    let file = folder.join("toy").join("cpu.json");
    assert_eq!(load(&file, &machine.cpu, &machine.isa).err(), Some(Refused::DoesNotFit));
    for measured_at in [1, 2] {
        keep(&file, &machine, measured_at).unwrap();
        let kept = load(&file, &machine.cpu, &machine.isa).unwrap();
        assert_eq!((kept.machine, kept.measured_at), (machine.clone(), measured_at));
    }
    // Nothing is left beside it.
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn another_machine_or_format_does_not_fit() {
    let machine = machine();
    let text = serde_json::to_string(&Keep { format: FORMAT, measured_at: 1, machine: &machine }).unwrap();
    let refused = |text: &str, cpu: &Cpu, isa: &Isa| parse(text.as_bytes(), cpu, isa).err();
    assert_eq!(refused(&text, &machine.cpu, &machine.isa), None);
    for cpu in [
        Cpu { model: "Another CPU".into(), ..machine.cpu.clone() },
        Cpu { cores: 2, ..machine.cpu.clone() },
        Cpu { threads: 4, ..machine.cpu.clone() },
        Cpu { usable_threads: 1, ..machine.cpu.clone() },
    ] {
        assert_eq!(refused(&text, &cpu, &machine.isa), Some(Refused::DoesNotFit), "{cpu:?}");
    }
    let isa = Isa { features: vec!["AVX2".into()], ..machine.isa.clone() };
    assert_eq!(refused(&text, &machine.cpu, &isa), Some(Refused::DoesNotFit));
    let next = text.replace(&format!("\"format\":{FORMAT}"), &format!("\"format\":{}", FORMAT + 1));
    assert_eq!(refused(&next, &machine.cpu, &machine.isa), Some(Refused::DoesNotFit));
    // Whatever else is in a file of another format.
    assert_eq!(refused("{\"format\": 0}", &machine.cpu, &machine.isa), Some(Refused::DoesNotFit));
}

#[test]
fn what_is_broken_is_refused() {
    let machine = machine();
    let text = serde_json::to_string(&Keep { format: FORMAT, measured_at: 1, machine: &machine }).unwrap();
    for broken in [
        "",
        "toy",
        "{}",
        "[1]",
        "{\"format\": 1}",
        &text[..text.len() - 2],
        &text.replace("3.2", "-3.2"),
        &text.replace("3.2", "0"),
        &text.replace("3.2", "null"),
        &text.replace("3.2", "1e999"),
        &text.replace("\"memory\"", "\"paper\""),
    ] {
        let refused = parse(broken.as_bytes(), &machine.cpu, &machine.isa).err();
        assert!(matches!(refused, Some(Refused::Broken(_))), "{broken}: {refused:?}");
    }
    let folder = folder("broken");
    fs::create_dir_all(folder.join("toy")).unwrap();
    // A folder stands where the file should, or a file where the folder should.
    assert!(matches!(load(&folder.join("toy"), &machine.cpu, &machine.isa), Err(Refused::Broken(_))));
    assert!(keep(&folder.join("toy"), &machine, 1).is_err());
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    fs::write(folder.join("file"), "").unwrap();
    assert!(matches!(load(&folder.join("file").join("cpu.json"), &machine.cpu, &machine.isa), Err(Refused::Broken(_))));
    assert!(keep(&folder.join("file").join("cpu.json"), &machine, 1).is_err());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn registers_of_512_bits_are_taken_where_they_compute_more() {
    let peak = |width, best| Peak {
        of: Computed { width, precision: Precision::F64, threads: 1 },
        gflop_per_s: Figure::new(best, best).unwrap(),
    };
    let gains = |peaks: Vec<Peak>| Machine { peaks, ..machine() }.gains_by_512_bits();
    assert!(gains(vec![peak(Width::Bits256, 50.0), peak(Width::Bits512, 90.0)]));
    assert!(!gains(vec![peak(Width::Bits256, 50.0), peak(Width::Bits512, 51.0)]));
    assert!(!gains(vec![peak(Width::Bits256, 50.0), peak(Width::Bits512, 30.0)]));
    assert!(!gains(vec![peak(Width::Bits512, 90.0)]));
}
