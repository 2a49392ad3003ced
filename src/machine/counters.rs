//! What the processor counts of a thread, where the system lets programs ask: `perf_event_open(2)`.

/// Something that is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HardwareEvent {
    Cycles,
    Instructions,
    BranchMisses,
    CacheMisses,
}

impl HardwareEvent {
    pub const ALL: [HardwareEvent; 4] =
        [HardwareEvent::Cycles, HardwareEvent::Instructions, HardwareEvent::BranchMisses, HardwareEvent::CacheMisses];

    pub const fn name(self) -> &'static str {
        match self {
            HardwareEvent::Cycles => "cycles",
            HardwareEvent::Instructions => "instructions",
            HardwareEvent::BranchMisses => "branch misses",
            HardwareEvent::CacheMisses => "cache misses",
        }
    }
}

pub use native::Counters;

#[cfg(target_os = "linux")]
mod native {
    #![allow(unsafe_code)]

    use std::fs;
    use std::io::{self, Read};
    use std::os::fd::{AsRawFd, FromRawFd};

    use super::HardwareEvent;

    /// `struct perf_event_attr`, its first version.
    #[repr(C)]
    #[derive(Default)]
    struct Attributes {
        kind: u32,
        size: u32,
        config: u64,
        sample_period: u64,
        sample_type: u64,
        read_format: u64,
        flags: u64,
        wakeup_events: u32,
        breakpoint: u32,
        config1: u64,
    }

    const HARDWARE: u32 = 0;
    /// Not counting yet; neither the kernel nor a hypervisor is counted.
    const FLAGS: u64 = 1 | 1 << 5 | 1 << 6;
    /// The count, the time it was wanted, and the time it was there.
    const TIMES: u64 = 1 | 2;
    const ENABLE: libc::Ioctl = 0x2400;
    const DISABLE: libc::Ioctl = 0x2401;

    /// Counters of the thread that opens them.
    pub struct Counters(Vec<(HardwareEvent, fs::File)>);

    impl Counters {
        /// Counters that stand still, of what there is.
        ///
        /// # Errors
        /// Why there is none, in words.
        pub fn open() -> Result<Counters, String> {
            let mut found = Vec::new();
            let mut why = None;
            for event in HardwareEvent::ALL {
                match open(event) {
                    Ok(file) => found.push((event, file)),
                    Err(error) => why = why.or(Some(error)),
                }
            }
            match why {
                Some(error) if found.is_empty() => Err(in_words(&error)),
                Some(_) | None => Ok(Counters(found)),
            }
        }

        pub fn go_on(&self) {
            self.tell(ENABLE);
        }

        pub fn pause(&self) {
            self.tell(DISABLE);
        }

        fn tell(&self, what: libc::Ioctl) {
            for (_, file) in &self.0 {
                // SAFETY: the descriptor is open, and this request takes no memory.
                unsafe { libc::ioctl(file.as_raw_fd(), what, 0) };
            }
        }

        /// What was counted so far, scaled up if the processor had to take turns.
        pub fn read(&self) -> Vec<(HardwareEvent, f64)> {
            let read = |(event, file): &(HardwareEvent, fs::File)| {
                let mut words = [0u8; 24];
                (&*file).read_exact(&mut words).ok()?;
                let word = |at: usize| Some(u64::from_ne_bytes(words[8 * at..8 * at + 8].try_into().ok()?) as f64);
                let (count, wanted, there) = (word(0)?, word(1)?, word(2)?);
                (there > 0.0).then(|| (*event, count * wanted / there))
            };
            self.0.iter().filter_map(read).collect()
        }
    }

    fn open(event: HardwareEvent) -> io::Result<fs::File> {
        let config = match event {
            HardwareEvent::Cycles => 0,
            HardwareEvent::Instructions => 1,
            HardwareEvent::CacheMisses => 3,
            HardwareEvent::BranchMisses => 5,
        };
        let size = size_of::<Attributes>() as u32;
        let attributes =
            Attributes { kind: HARDWARE, size, config, read_format: TIMES, flags: FLAGS, ..Attributes::default() };
        let (this_thread, any_cpu, no_group, close_on_exec) = (0, -1, -1, 8);
        // SAFETY: the kernel reads as many bytes of the attributes as they say that they have.
        let descriptor = unsafe {
            libc::syscall(
                libc::SYS_perf_event_open,
                &raw const attributes,
                this_thread,
                any_cpu,
                no_group,
                close_on_exec as libc::c_ulong,
            )
        };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: it was just opened, and nobody else has it.
        Ok(unsafe { fs::File::from_raw_fd(descriptor as i32) })
    }

    fn in_words(error: &io::Error) -> String {
        let paranoid = fs::read_to_string("/proc/sys/kernel/perf_event_paranoid").unwrap_or_default();
        match error.raw_os_error() {
            Some(libc::ENOENT | libc::ENODEV | libc::EOPNOTSUPP) => {
                "the processor has none to offer, as in most virtual machines".into()
            }
            Some(libc::ENOSYS) => "this kernel, or the container around the program, has no perf_event_open".into(),
            Some(libc::EACCES | libc::EPERM) if !paranoid.trim().is_empty() => {
                format!("the system does not allow it (kernel.perf_event_paranoid is {})", paranoid.trim())
            }
            Some(_) | None => format!("the system refuses: {error}"),
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod native {
    use super::HardwareEvent;

    /// There are none on this system.
    pub struct Counters(());

    impl Counters {
        pub fn open() -> Result<Counters, String> {
            Err("they are read on Linux only".into())
        }

        pub fn go_on(&self) {}

        pub fn pause(&self) {}

        pub fn read(&self) -> Vec<(HardwareEvent, f64)> {
            Vec::new()
        }
    }
}
