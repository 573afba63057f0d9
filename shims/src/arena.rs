//! The shim's allocator: a few kilobytes handed out in order and never taken back.
//!
//! The shim allocates some forty small things and then becomes another program. The C library's allocator spends
//! more instructions on those than the shim spends on everything else. What does not fit goes to that one.

#![allow(unsafe_code)] // an allocator cannot be written without

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Pages of it that are never touched cost nothing.
const SIZE: usize = 64 * 1024;

#[global_allocator]
static ARENA: Arena = Arena { bytes: UnsafeCell::new([0; SIZE]), used: AtomicUsize::new(0) };

struct Arena {
    bytes: UnsafeCell<[u8; SIZE]>,
    used: AtomicUsize,
}

// SAFETY: `used` only grows, and atomically: no two callers get the same bytes.
unsafe impl Sync for Arena {}

impl Arena {
    fn start(&self) -> *mut u8 {
        self.bytes.get().cast()
    }

    fn holds(&self, pointer: *mut u8) -> bool {
        pointer.addr().wrapping_sub(self.start().addr()) < SIZE
    }
}

// SAFETY: what is handed out lies within the arena, is aligned and is handed out once; all else is `System`'s,
// which gets back exactly what it gave.
unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let room = layout.size().saturating_add(layout.align() - 1);
        let used = self.used.load(Ordering::Relaxed);
        if room <= SIZE - used
            && self.used.compare_exchange(used, used + room, Ordering::Relaxed, Ordering::Relaxed).is_ok()
        {
            // SAFETY: `room` bytes from `used` on are within the arena, and ours.
            let free = unsafe { self.start().add(used) };
            // SAFETY: aligning moves by less than `align`, which `room` includes.
            return unsafe { free.add(free.align_offset(layout.align())) };
        }
        // SAFETY: the caller's contract is `System`'s.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        if !self.holds(pointer) {
            // SAFETY: what the arena does not hold came from `System`, with this layout.
            unsafe { System.dealloc(pointer, layout) }
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !self.holds(pointer) {
            // SAFETY: as in `dealloc`.
            return unsafe { System.realloc(pointer, layout, size) };
        }
        if size <= layout.size() {
            return pointer;
        }
        // SAFETY: the caller guarantees that `size` is valid with this alignment; the two blocks are distinct, and
        // each holds the bytes that are copied.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                pointer.copy_to_nonoverlapping(moved, layout.size());
            }
            moved
        }
    }
}
