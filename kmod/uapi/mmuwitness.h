/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/mmuwitness: the userspace interface of the witness.
 *
 * Root only, one open session at a time (a second open fails with EBUSY). A
 * session lives exactly as long as its file descriptor: closing it, or dying,
 * removes every plant, hook, notifier and reference that the session made.
 * Events are trace events of system "mmuwitness" (events.def); nothing is
 * read back through this device except page state and reports.
 *
 * Every ioctl returns 0, or -1 with errno. Fields marked (in) are read by the
 * kernel, (out) are written. Reserved fields must be zero (EINVAL).
 */
#ifndef _UAPI_MMUWITNESS_H
#define _UAPI_MMUWITNESS_H

#include <linux/ioctl.h>
#include <linux/types.h>

/* Changes whenever a structure, an ioctl or an event field changes. */
#define MMUWITNESS_ABI 12

#define MMUWITNESS_DEVICE "/dev/mmuwitness"
#define MMUWITNESS_NAME_LEN 48
#define MMUWITNESS_TEXT_LEN 128
#define MMUWITNESS_MARK_WORDS 6
#define MMUWITNESS_MAX_VMS 8
#define MMUWITNESS_MAX_FILES 8
#define MMUWITNESS_MAX_MARKS 4096
#define MMUWITNESS_MAX_GATES 8
#define MMUWITNESS_MAX_HOLD_US 1000000		/* of one hold, and of all without a pause: GATE_SET */
#define MMUWITNESS_MAX_WAIT_US 60000000

/* INFO: works before START; a harness compares abi before anything else. */
struct mmuwitness_info {
	__u32 abi;			/* (out) MMUWITNESS_ABI of the module */
	__u32 has_plants;		/* (out) mmuwitness-plants.ko is loaded */
	__u64 last_seq;			/* (out) seq of the newest event, 0: none */
	char version[MMUWITNESS_NAME_LEN];	/* (out) module version */
};

/* START: which secondary MMU is witnessed. */
enum mmuwitness_mmu {
	MMUWITNESS_MMU_KVM = 0,
	MMUWITNESS_MMU_REFERENCE,	/* uapi/reference.h; KVM need not be there */
};

struct mmuwitness_start {
	__u32 mmu;			/* (in) enum mmuwitness_mmu */
	__u32 reserved;			/* (in) 0 */
};

/*
 * ADD_VM: witness this VM. Holds a reference to vm_fd's file until DEL_VM or
 * the end of the session: DEL_VM before the VM is to be destroyed. The VM must
 * belong to the caller's mm (EINVAL), and be one of the session's MMU (EBADF),
 * made after START: of an older one the notifiers do not bracket KVM's. ENOEXEC: the
 * module was built with headers of another KVM than the one that is loaded.
 */
struct mmuwitness_vm {
	__s32 vm_fd;			/* (in) from KVM_CREATE_VM; DEL_VM: ignored */
	__u32 id;			/* (out) ADD_VM, (in) DEL_VM: 1.. */
};

/* ADD_FILE: witness this file's page cache (its i_mapping). Regular files. */
struct mmuwitness_file {
	__s32 fd;			/* (in) DEL_FILE: ignored */
	__u32 id;			/* (out) ADD_FILE, (in) DEL_FILE: 1.. */
};

/* MARKS: put harness steps into the event stream, in array order. */
struct mmuwitness_mark {
	__u32 kind;			/* (in) enum mmuwitness_mark_kind */
	__u32 vm;			/* (in) vm id, 0: none; EINVAL past the last */
	__u64 a[MMUWITNESS_MARK_WORDS];	/* (in) the kind's fields, see marks.def */
};

struct mmuwitness_marks {
	__u64 marks;			/* (in) pointer to struct mmuwitness_mark[] */
	__u32 count;			/* (in) 1..MMUWITNESS_MAX_MARKS */
	__u32 reserved;			/* (in) 0 */
};

/* NOTE: a line of text in the event stream. */
struct mmuwitness_note {
	__u32 kind;			/* (in) enum mmuwitness_note_kind */
	char text[MMUWITNESS_TEXT_LEN];	/* (in) NUL-terminated */
};

/* Harness steps. */
enum mmuwitness_mark_kind {
	MMUWITNESS_MARK_NONE = 0,
#define MARK(kind, ...) MMUWITNESS_MARK_##kind,
#include "marks.def"
#undef MARK
	MMUWITNESS_MARK_KINDS,		/* one more than the last */
};

enum mmuwitness_sync {
	MMUWITNESS_SYNC_MSYNC = 1,	/* MS_SYNC */
	MMUWITNESS_SYNC_FSYNC,
	MMUWITNESS_SYNC_FDATASYNC,
	MMUWITNESS_SYNC_RANGE,		/* sync_file_range, WAIT_BEFORE|WRITE|WAIT_AFTER */
	MMUWITNESS_SYNC_FREEZE,		/* its filesystem is frozen between the two marks */
};

enum mmuwitness_log_is {
	MMUWITNESS_LOG_ON = 1,
	MMUWITNESS_LOG_OFF,		/* never on yet, or off again */
};

enum mmuwitness_side {
	MMUWITNESS_SIDE_GUEST = 1,	/* read by the guest */
	MMUWITNESS_SIDE_HOST,		/* read through the VMM's mapping */
};

enum mmuwitness_left {
	MMUWITNESS_LEFT_MAPPED_PAGES = 1,	/* pages of the file still mapped */
	MMUWITNESS_LEFT_PINNED_PAGES,		/* clean, unmapped pages that POSIX_FADV_DONTNEED cannot drop */
	MMUWITNESS_LEFT_MOUNT,			/* umount failed: its errno */
	MMUWITNESS_LEFT_MODULE,			/* module still referenced */
	MMUWITNESS_LEFT_PAGE_TABLES,		/* pages of a VM's page tables still charged */
	MMUWITNESS_LEFT_VMALLOC,		/* likewise, of what belongs to its memslots and logs */
	MMUWITNESS_LEFT_PAGES,			/* likewise, of what its guest has used */
	MMUWITNESS_LEFT_SPTES,			/* KVM counts them, of memory that is mapped no more */
};

/* Calls that KVM has to refuse: Documentation/virt/kvm/api.rst. */
enum mmuwitness_refusal {
	MMUWITNESS_REFUSE_SLOT_HEAD_OVERLAPS = 1,	/* its first pages are another memslot's */
	MMUWITNESS_REFUSE_SLOT_TAIL_OVERLAPS,
	MMUWITNESS_REFUSE_SLOT_INSIDE_OTHER,
	MMUWITNESS_REFUSE_SLOT_COVERS_OTHER,
	MMUWITNESS_REFUSE_SLOT_SAME_PLACE,
	MMUWITNESS_REFUSE_SLOT_MOVED_ONTO_OTHER,
	MMUWITNESS_REFUSE_SLOT_RESIZED,
	MMUWITNESS_REFUSE_SLOT_BACKED_ANEW,	/* another userspace_addr */
	MMUWITNESS_REFUSE_SLOT_READ_ONLY_NOW,
	MMUWITNESS_REFUSE_SLOT_UNKNOWN_FLAG,
	MMUWITNESS_REFUSE_SLOT_SIZE_UNALIGNED,
	MMUWITNESS_REFUSE_SLOT_GPA_UNALIGNED,
	MMUWITNESS_REFUSE_SLOT_HVA_UNALIGNED,
	MMUWITNESS_REFUSE_SLOT_HVA_OF_THE_KERNEL,
	MMUWITNESS_REFUSE_SLOT_GPA_WRAPS,
	MMUWITNESS_REFUSE_SLOT_NUMBER_TOO_HIGH,
	MMUWITNESS_REFUSE_SLOT_NO_SUCH_SPACE,	/* no such address space */
	MMUWITNESS_REFUSE_SLOT_DELETED_TWICE,
	MMUWITNESS_REFUSE_LOG_OF_UNLOGGED,
	MMUWITNESS_REFUSE_LOG_OF_NO_SLOT,
	MMUWITNESS_REFUSE_LOG_OF_NO_SPACE,
	MMUWITNESS_REFUSE_CLEAR_OF_UNLOGGED,
	MMUWITNESS_REFUSE_CLEAR_OF_NO_SLOT,
	MMUWITNESS_REFUSE_CLEAR_BEGINS_IN_WORD,	/* first_page no multiple of 64 */
	MMUWITNESS_REFUSE_CLEAR_ENDS_IN_WORD,
	MMUWITNESS_REFUSE_CLEAR_BEYOND_SLOT,
	MMUWITNESS_REFUSE_CLEAR_BEHIND_SLOT,
	MMUWITNESS_REFUSE_CLEAR_WRAPS,
	MMUWITNESS_REFUSE_RING_OF_NO_SIZE,
	MMUWITNESS_REFUSE_RING_OF_NO_POWER_OF_2,
	MMUWITNESS_REFUSE_RING_TOO_SMALL,
	MMUWITNESS_REFUSE_RING_TOO_LARGE,
	MMUWITNESS_REFUSE_RING_TWICE,
	MMUWITNESS_REFUSE_RING_AFTER_VCPU,
	MMUWITNESS_REFUSE_RING_RESET_WITHOUT,
	MMUWITNESS_REFUSE_RING_AND_BITMAP,	/* KVM_GET_DIRTY_LOG of a VM that has rings only */
	MMUWITNESS_REFUSE_PREFAULT_OF_NOTHING,
	MMUWITNESS_REFUSE_PREFAULT_UNALIGNED,
	MMUWITNESS_REFUSE_SLOT_GPA_TOO_HIGH,	/* more address bits than any machine has */
	/* KVM_RUN, while the guest does what the VMM's mapping does not allow */
	MMUWITNESS_REFUSE_WRITE_TO_READ_ONLY,	/* PROT_READ */
	MMUWITNESS_REFUSE_READ_OF_PROT_NONE,
	MMUWITNESS_REFUSE_WRITE_TO_PROT_NONE,
	MMUWITNESS_REFUSE_READ_BEYOND_FILE,
	MMUWITNESS_REFUSE_WRITE_BEYOND_FILE,
	MMUWITNESS_REFUSE_PREFAULT_OUTSIDE,	/* of all memslots */
};

/* Their text, as the harness writes and reads it: harness/trace/notes.h. */
enum mmuwitness_note_kind {
	/* "NAME seed=N plant=NAME|-": events up to SCENARIO_END are its own */
	MMUWITNESS_NOTE_SCENARIO_BEGIN = 1,
	/* "NAME": the scenario promises evidence for this rule; one note each.
	 * "NAME missing WHY": it found out that there is none to be had here */
	MMUWITNESS_NOTE_RULE,
	/* "trials=N hits=N|unknown status=done|skip|inconclusive why=TEXT" */
	MMUWITNESS_NOTE_SCENARIO_END,
	/* "NAME attached" or "NAME missing WHY": one per hook, within each scenario */
	MMUWITNESS_NOTE_HOOK,
	/* a suspicious line of the kernel log */
	MMUWITNESS_NOTE_KERNEL_LOG,
	/* "KEY VALUE": facts of the host, for the record */
	MMUWITNESS_NOTE_HOST,
	/* why the evidence of the scenario is incomplete: what would pass is inconclusive */
	MMUWITNESS_NOTE_DOUBT,
	/*
	 * "NAME WHAT=N ... [why=TEXT]": what a disturber did during the scenario, 0 of the
	 * first WHAT: nothing; "NAME missing WHY", before the first one: not on this machine
	 */
	MMUWITNESS_NOTE_PERTURB,
};

/*
 * PAGE_STATE: flags of each page of [first, first + count), read without
 * locking, one mmuw_page_state event for each.
 */
#define MMUWITNESS_PAGE_PRESENT (1u << 0)	/* in the page cache */
#define MMUWITNESS_PAGE_DIRTY (1u << 1)		/* PG_dirty of its folio */
#define MMUWITNESS_PAGE_WRITEBACK (1u << 2)	/* PG_writeback */
#define MMUWITNESS_PAGE_LOCKED (1u << 3)	/* PG_locked */
#define MMUWITNESS_PAGE_TAG_DIRTY (1u << 4)	/* PAGECACHE_TAG_DIRTY */
#define MMUWITNESS_PAGE_TAG_WRITEBACK (1u << 5)	/* PAGECACHE_TAG_WRITEBACK */
#define MMUWITNESS_PAGE_TAG_TOWRITE (1u << 6)	/* PAGECACHE_TAG_TOWRITE */
#define MMUWITNESS_PAGE_MAPPED (1u << 7)	/* folio_mapped() */
#define MMUWITNESS_PAGE_PINNED (1u << 8)	/* folio_maybe_dma_pinned() */
#define MMUWITNESS_PAGE_UPTODATE (1u << 9)	/* PG_uptodate */
#define MMUWITNESS_PAGE_KSM (1u << 10)		/* merged by KSM; of an SPTE's new page only */

struct mmuwitness_page_state {
	__u32 file;			/* (in) file id */
	__u32 count;			/* (in) pages, 1..MMUWITNESS_MAX_MARKS */
	__u64 first;			/* (in) first page index */
	__u64 flags;			/* (in) pointer to __u32[count], MMUWITNESS_PAGE_* (out) */
};

/* HOOK: report of one hook, by index; ENOENT past the last. */
enum mmuwitness_hook_state {
	MMUWITNESS_HOOK_IDLE = 0,	/* session not started */
	MMUWITNESS_HOOK_ATTACHED,
	MMUWITNESS_HOOK_MISSING,
};

struct mmuwitness_hook {
	__u32 index;			/* (in) 0.. */
	__u32 state;			/* (out) enum mmuwitness_hook_state */
	__u64 hits;			/* (out) events it gave in this session; what the
					 * reference MMU tells itself is not counted */
	char name[MMUWITNESS_NAME_LEN];	/* (out) what is witnessed, e.g. "spte" */
	char symbol[MMUWITNESS_NAME_LEN];	/* (out) function or tracepoint used */
	char why[MMUWITNESS_NAME_LEN];	/* (out) missing: the reason; attached: what it missed */
};

/*
 * PLANT: break the kernel on purpose, for the witnessed VMs only, or for every
 * VM of the machine. ENXIO where mmuwitness-plants.ko is not loaded, which has them,
 * ENOENT for an unknown name, EOPNOTSUPP when this kernel has no place for it, EUCLEAN
 * when it does not call hooks on functions now, see START. An empty name removes it.
 *
 * EVERY_VM: without START (EBUSY), since nothing is witnessed then; EXDEV for a
 * plant that concerns witnessed files, or that would leave a VM pages which were freed.
 * VMs made later are concerned, too; what a task has begun before is not.
 */
#define MMUWITNESS_PLANT_EVERY_VM (1u << 0)

struct mmuwitness_plant {
	char name[MMUWITNESS_NAME_LEN];	/* (in) */
	__u32 flags;			/* (in) MMUWITNESS_PLANT_* */
	__u32 reserved;			/* (in) 0 */
};

/* PLANT_INFO: by index; ENOENT past the last. */
struct mmuwitness_plant_info {
	__u32 index;			/* (in) 0.. */
	__u32 available;		/* (out) 1: this kernel has the place */
	__u64 hits;			/* (out) times it fired since PLANT */
	__u64 missed;			/* (out) calls that it was not told of since: hits are too few */
	char name[MMUWITNESS_NAME_LEN];	/* (out) */
	char what[MMUWITNESS_TEXT_LEN];	/* (out) what it breaks */
	char origin[MMUWITNESS_NAME_LEN];	/* (out) the thread it comes from */
};

/*
 * Points: what tasks pass on their way, told by the hooks. "where" names the
 * thing that is worked on: a gfn, a page of a file, or an hva.
 */
enum mmuwitness_where {
	MMUWITNESS_WHERE_NOTHING = 0,
	MMUWITNESS_WHERE_GFN,
	MMUWITNESS_WHERE_PAGE,		/* page index in the file */
	MMUWITNESS_WHERE_HVA,		/* within the range that is invalidated */
};

/* POINT_INFO: by index; ENOENT past the last. */
struct mmuwitness_point_info {
	__u32 index;			/* (in) 0.. */
	__u32 point;			/* (out) what a gate calls it */
	__u32 where;			/* (out) enum mmuwitness_where */
	__u32 available;		/* (out) 1: this kernel has the place */
	char name[MMUWITNESS_NAME_LEN];	/* (out) */
	char symbol[MMUWITNESS_NAME_LEN];	/* (out) function or tracepoint */
	char what[MMUWITNESS_TEXT_LEN];	/* (out) where in the kernel's work it is */
};

#define MMUWITNESS_ANY_VCPU (-2)	/* also no vCPU at all */
#define MMUWITNESS_NO_VCPU (-1)
#define MMUWITNESS_ANYWHERE (~0ULL)

struct mmuwitness_pass {
	__u32 point;			/* (in) of POINT_INFO */
	__s32 vcpu;			/* (in) vcpu_id of the task, or the above */
	__u32 vm;			/* (in) vm id, 0: any */
	__u32 file;			/* (in) file id, 0: any */
	__u64 where;			/* (in) by the point's kind, or MMUWITNESS_ANYWHERE */
};

/*
 * GATE_SET: hold the task that passes `hold` until another one passes `until`.
 * A pass before the hold does not count. The task spins, so what needs its CPU,
 * or a lock that it holds, has to wait until the hold times out; that is counted
 * and no hit. ENOSPC: all gates are in use; EOPNOTSUPP: no such point here; EINVAL:
 * a `where` other than ANYWHERE for a point of WHERE_NOTHING.
 *
 * When all gates together have held for MMUWITNESS_MAX_HOLD_US, no hold is begun
 * until an RCU grace period is over, as if nobody had come: holds of one interrupt
 * handler must not add up.
 */
struct mmuwitness_gate {
	__u32 id;			/* (out) SET, (in) else: 1.. */
	__u32 timeout_us;		/* (in) SET, ARM: of a hold, 1..MMUWITNESS_MAX_HOLD_US;
					 * WAIT: of the wait, up to MMUWITNESS_MAX_WAIT_US */
	__u32 holds;			/* (in) SET, ARM: how many, 0: any number */
	__u32 reserved;			/* (in) 0 */
	struct mmuwitness_pass hold;	/* (in) SET, ARM */
	struct mmuwitness_pass until;	/* (in) SET, ARM */
	/* (out) WAIT, STATE */
	__u64 held;			/* holds so far, that under way included; (in) WAIT: more than these */
	__u64 won;			/* ended by a pass of `until` */
	__u64 timed_out;		/* ended by the time */
	__u64 held_ns;			/* in all */
};

/* Nobody has it in Documentation/userspace-api/ioctl/ioctl-number.rst of 7.3. */
#define MMUWITNESS_IOC_MAGIC 0xB9
#define MMUWITNESS_INFO _IOR(MMUWITNESS_IOC_MAGIC, 0, struct mmuwitness_info)
/* START: attach hooks and the notifier that runs after the MMU's, on the caller's
 * mm. Before KVM_CREATE_VM. EALREADY when started, EBUSY with a plant: plants come
 * after. KVM, or mmuwitness-reference.ko, must be loaded (ENODEV). EUCLEAN: this kernel does not call
 * hooks on functions now (kernel.ftrace_enabled, debugfs' kprobes/enabled). */
#define MMUWITNESS_START _IOW(MMUWITNESS_IOC_MAGIC, 1, struct mmuwitness_start)
#define MMUWITNESS_ADD_VM _IOWR(MMUWITNESS_IOC_MAGIC, 2, struct mmuwitness_vm)
#define MMUWITNESS_DEL_VM _IOW(MMUWITNESS_IOC_MAGIC, 3, struct mmuwitness_vm)
#define MMUWITNESS_ADD_FILE _IOWR(MMUWITNESS_IOC_MAGIC, 4, struct mmuwitness_file)
#define MMUWITNESS_DEL_FILE _IOW(MMUWITNESS_IOC_MAGIC, 5, struct mmuwitness_file)
#define MMUWITNESS_MARKS _IOW(MMUWITNESS_IOC_MAGIC, 6, struct mmuwitness_marks)
#define MMUWITNESS_NOTE _IOW(MMUWITNESS_IOC_MAGIC, 7, struct mmuwitness_note)
#define MMUWITNESS_PAGE_STATE _IOW(MMUWITNESS_IOC_MAGIC, 8, struct mmuwitness_page_state)
#define MMUWITNESS_HOOK _IOWR(MMUWITNESS_IOC_MAGIC, 9, struct mmuwitness_hook)
#define MMUWITNESS_PLANT _IOW(MMUWITNESS_IOC_MAGIC, 10, struct mmuwitness_plant)
#define MMUWITNESS_PLANT_INFO _IOWR(MMUWITNESS_IOC_MAGIC, 11, struct mmuwitness_plant_info)
#define MMUWITNESS_POINT_INFO _IOWR(MMUWITNESS_IOC_MAGIC, 12, struct mmuwitness_point_info)
#define MMUWITNESS_GATE_SET _IOWR(MMUWITNESS_IOC_MAGIC, 13, struct mmuwitness_gate)
/* GATE_ARM: SET again, for as many holds more; EBUSY while it holds a task. */
#define MMUWITNESS_GATE_ARM _IOWR(MMUWITNESS_IOC_MAGIC, 14, struct mmuwitness_gate)
/* GATE_WAIT: until the gate has held more tasks than `held`; ETIMEDOUT. */
#define MMUWITNESS_GATE_WAIT _IOWR(MMUWITNESS_IOC_MAGIC, 15, struct mmuwitness_gate)
/* GATE_STATE: what came of it by now. */
#define MMUWITNESS_GATE_STATE _IOWR(MMUWITNESS_IOC_MAGIC, 16, struct mmuwitness_gate)
/* GATE_CLEAR: lets go whom it holds; the gate is gone then. */
#define MMUWITNESS_GATE_CLEAR _IOW(MMUWITNESS_IOC_MAGIC, 17, struct mmuwitness_gate)

/* Values of event fields (events.def), shared with whoever reads the events. */

enum mmuwitness_notifier_phase {
	MMUWITNESS_START_BEFORE_KVM = 1,	/* range_start, KVM has not run yet */
	MMUWITNESS_START_AFTER_KVM,		/* range_start, KVM has zapped and flushed */
	MMUWITNESS_END_BEFORE_KVM,		/* range_end, KVM still retries faults */
	MMUWITNESS_END_AFTER_KVM,		/* range_end, faults are let in again */
};

enum mmuwitness_phase {
	MMUWITNESS_BEGIN = 1,
	MMUWITNESS_END,
};

enum mmuwitness_folio_op {
	MMUWITNESS_FOLIO_DIRTIED = 1,	/* dirty and tagged (writeback_dirty_folio) */
	MMUWITNESS_FOLIO_KVM_DIRTY,	/* KVM sets PG_dirty (kvm_set_pfn_dirty, ...) */
	MMUWITNESS_FOLIO_CLEAN_BEGIN,	/* folio_clear_dirty_for_io entered */
	MMUWITNESS_FOLIO_CLEAN_END,	/* ... returned */
	MMUWITNESS_FOLIO_MKCLEAN_BEGIN,	/* folio_mkclean entered */
	MMUWITNESS_FOLIO_MKCLEAN_END,	/* ... returned: no mapping is writable */
	MMUWITNESS_FOLIO_WB_START,	/* __folio_start_writeback entered */
	MMUWITNESS_FOLIO_WB_END,	/* folio_end_writeback entered */
	MMUWITNESS_FOLIO_MKWRITE,	/* do_page_mkwrite entered: a write fault on it */
};

/*
 * SPTE bits, decoded per architecture. DIRTY: KVM takes the SPTE to be dirty. Where
 * hardware has no dirty bit (arm64) that is every writable one.
 */
#define MMUWITNESS_SPTE_PRESENT (1u << 0)
#define MMUWITNESS_SPTE_WRITABLE (1u << 1)
#define MMUWITNESS_SPTE_DIRTY (1u << 2)
#define MMUWITNESS_SPTE_ACCESSED (1u << 3)
#define MMUWITNESS_SPTE_LEAF (1u << 4)

/* mmu_lock as seen by a lockless look at it. */
enum mmuwitness_lock {
	MMUWITNESS_LOCK_UNKNOWN = 0,	/* the VM is not known in this context */
	MMUWITNESS_LOCK_FREE,		/* nobody holds it */
	MMUWITNESS_LOCK_HELD,		/* somebody does */
};

enum mmuwitness_flush_phase {
	MMUWITNESS_FLUSH_REQUEST = 1,	/* a flush of the VM, or of a range of gfns, begins */
	MMUWITNESS_FLUSH_DONE,		/* ... is complete: no vCPU uses an old entry */
	MMUWITNESS_FLUSH_ROOTS_REQUEST,	/* all vCPUs shall give up invalid roots, entered */
	MMUWITNESS_FLUSH_ROOTS_DONE,	/* ... returned: none enters the guest without a new one */
};

enum mmuwitness_young_op {
	MMUWITNESS_YOUNG_CLEAR_FLUSH = 1,	/* clear_flush_young */
	MMUWITNESS_YOUNG_CLEAR,		/* clear_young */
	MMUWITNESS_YOUNG_TEST,		/* test_young */
};

enum mmuwitness_ring_op {
	MMUWITNESS_RING_PUSH = 1,
	MMUWITNESS_RING_RESET,
};

enum mmuwitness_gate_phase {
	MMUWITNESS_GATE_HELD = 1,	/* a task stops at the gate's point */
	MMUWITNESS_GATE_WON,		/* it goes on: the other one has passed */
	MMUWITNESS_GATE_TIMED_OUT,	/* it goes on all the same */
	MMUWITNESS_GATE_CLOSED,		/* ditto: the gate was cleared */
};

enum mmuwitness_fault_phase {
	MMUWITNESS_FAULT_BEGIN = 1,	/* KVM's page fault handler entered */
	MMUWITNESS_FAULT_PFN,		/* the pfn is about to be read from the host */
	MMUWITNESS_FAULT_END,		/* handled: the vCPU enters the guest again, or left KVM_RUN */
	MMUWITNESS_FAULT_RETRY,		/* begun anew by KVM, with another mmu_invalidate_seq */
};

#endif /* _UAPI_MMUWITNESS_H */
