//! The allocator of the browser's build: blocks of 16, 32, 64 … bytes, and a list of free ones for each size.
//!
//! A block never changes its size and is used again before new memory is asked for, so memory grows to what was in use at
//! once and no further, at most twice that for each size. Taking and giving back are a handful of instructions, and a
//! text that grows inside its block stays where it is. A general allocator weighs 570 bytes more (talc, brotli).

use core::alloc::{GlobalAlloc, Layout};
use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::ptr::null_mut;

/// Where memory comes from: at least `bytes` of it, from the first address to the second; nothing when there is no more.
/// Both are multiples of 16.
pub(crate) trait Source {
    fn more(bytes: usize) -> Option<(*mut u8, *mut u8)>;
}

/// The sizes are powers of two, from 16 bytes on.
const SMALLEST: usize = 16;
const SIZES: usize = usize::BITS as usize;

/// A free block holds the address of the next one.
type Block = *mut u8;

struct Lists {
    free: [Block; SIZES],
    /// Memory that was never a block.
    fresh: *mut u8,
    end: *mut u8,
}

/// An allocator for one thread.
pub(crate) struct Heap<S>(UnsafeCell<Lists>, PhantomData<S>);

// SAFETY: the browser's build has one thread, and the tests use a heap of their own each.
unsafe impl<S> Sync for Heap<S> {}

impl<S> Heap<S> {
    pub(crate) const fn new() -> Self {
        Self(UnsafeCell::new(Lists { free: [null_mut(); SIZES], fresh: null_mut(), end: null_mut() }), PhantomData)
    }
}

/// Which power of two it takes.
fn size_class(layout: Layout) -> usize {
    (usize::BITS - (layout.size().max(SMALLEST) - 1).leading_zeros()) as usize
}

// SAFETY: a block is in its list or in use, never both; blocks do not overlap, since each was cut from memory that was
// fresh; all are aligned to 16, as memory comes so and every size is a multiple of 16.
unsafe impl<S: Source> GlobalAlloc for Heap<S> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = size_class(layout);
        // SAFETY: one thread, and nothing in here calls back.
        let lists = unsafe { &mut *self.0.get() };
        let Some(free) = lists.free.get_mut(class).filter(|_| layout.align() <= SMALLEST) else { return null_mut() };
        let block = *free;
        if !block.is_null() {
            // SAFETY: a free block holds the next one's address.
            *free = unsafe { *block.cast::<Block>() };
            return block;
        }
        let size = 1_usize << class;
        if lists.end.addr() - lists.fresh.addr() < size {
            let Some((from, to)) = S::more(size) else { return null_mut() };
            if from != lists.end {
                lists.fresh = from;
            }
            lists.end = to;
        }
        let block = lists.fresh;
        lists.fresh = block.wrapping_add(size);
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        let lists = unsafe { &mut *self.0.get() };
        if let Some(free) = lists.free.get_mut(size_class(layout)) {
            // SAFETY: nobody uses the block any more, and it has room for an address.
            unsafe { *block.cast::<Block>() = *free };
            *free = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise, passed on.
        unsafe {
            let larger = Layout::from_size_align_unchecked(size, layout.align());
            if size_class(layout) == size_class(larger) {
                return block;
            }
            let moved = self.alloc(larger);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// WebAssembly's memory, page by page.
#[cfg(target_arch = "wasm32")]
pub(crate) struct Pages;

#[cfg(target_arch = "wasm32")]
impl Source for Pages {
    fn more(bytes: usize) -> Option<(*mut u8, *mut u8)> {
        use core::arch::wasm32::memory_grow;
        const PAGE: usize = 65_536;
        let pages = bytes.div_ceil(PAGE);
        let before = memory_grow(0, pages);
        let at = |page: usize| core::ptr::without_provenance_mut(page * PAGE);
        (before != usize::MAX).then(|| (at(before), at(before + pages)))
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Memory that is never given back, and how much of it there is: of each thread, and each test has its own.
    struct Counted;

    thread_local! {
        static TAKEN: core::cell::Cell<usize> = const { core::cell::Cell::new(0) };
    }

    impl Source for Counted {
        fn more(bytes: usize) -> Option<(*mut u8, *mut u8)> {
            if bytes > 1 << 24 {
                return None;
            }
            let bytes = bytes.next_multiple_of(65_536);
            TAKEN.set(TAKEN.get() + bytes);
            let words: &'static mut [u128] = Box::leak(vec![0_u128; bytes / 16].into_boxed_slice());
            let from = words.as_mut_ptr().cast::<u8>();
            Some((from, from.wrapping_add(bytes)))
        }
    }

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).expect("a layout")
    }

    #[derive(Clone, Debug)]
    enum Step {
        Take(usize),
        Give(usize),
        Resize(usize, usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        let size = || prop_oneof![1_usize..200, 1_usize..5_000, 1_usize..100_000];
        prop_oneof![
            size().prop_map(Step::Take),
            any::<usize>().prop_map(Step::Give),
            (any::<usize>(), size()).prop_map(|(at, size)| Step::Resize(at, size))
        ]
    }

    proptest! {
        #[test]
        fn blocks_keep_what_is_in_them_and_never_overlap(steps in prop::collection::vec(step(), 1..200)) {
            let heap = Heap::<Counted>::new();
            let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
            for (at, step) in steps.into_iter().enumerate() {
                let mark = u8::try_from(at % 251).expect("below 251");
                // SAFETY: each block is used with the size it was last given, and not after it was given back.
                unsafe {
                    match step {
                        Step::Take(size) => {
                            let block = heap.alloc(layout(size));
                            prop_assert!(!block.is_null() && block.addr().is_multiple_of(16));
                            block.write_bytes(mark, size);
                            blocks.push((block, size, mark));
                        }
                        Step::Give(which) if !blocks.is_empty() => {
                            let (block, size, _) = blocks.swap_remove(which % blocks.len());
                            heap.dealloc(block, layout(size));
                        }
                        Step::Resize(which, size) if !blocks.is_empty() => {
                            let which = which % blocks.len();
                            let (block, before, old) = blocks.swap_remove(which);
                            let block = heap.realloc(block, layout(before), size);
                            let kept = core::slice::from_raw_parts(block, before.min(size));
                            prop_assert!(kept.iter().all(|b| *b == old));
                            block.write_bytes(mark, size);
                            blocks.push((block, size, mark));
                        }
                        _ => {}
                    }
                    for (block, size, mark) in &blocks {
                        prop_assert!(core::slice::from_raw_parts(*block, *size).iter().all(|b| b == mark));
                    }
                }
            }
        }
    }

    #[test]
    fn a_day_of_the_same_work_takes_no_more_memory_than_its_first_hour() {
        let heap = Heap::<Counted>::new();
        let hour = || {
            // SAFETY: as above.
            unsafe {
                let blocks: Vec<_> = (1..500).map(|n| (heap.alloc(layout(n * 7)), n * 7)).collect();
                for (block, size) in blocks {
                    let block = heap.realloc(block, layout(size), size * 3);
                    heap.dealloc(block, layout(size * 3));
                }
            }
        };
        hour();
        let taken = TAKEN.get();
        (0..1_000).for_each(|_| hour());
        assert_eq!(TAKEN.get(), taken);
    }

    #[test]
    fn what_cannot_be_had_is_null() {
        let heap = Heap::<Counted>::new();
        // SAFETY: nothing is used.
        unsafe {
            assert!(heap.alloc(layout(1 << 30)).is_null());
            assert!(heap.alloc(Layout::from_size_align(64, 32).expect("a layout")).is_null());
        }
    }
}
