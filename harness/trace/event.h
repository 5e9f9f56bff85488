// SPDX-License-Identifier: GPL-2.0-only
// One event of the witness, decoded. Members are those of kmod/uapi/events.def, values those of
// kmod/uapi/mmuwitness.h; fields.cc has the table that ties the two together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "kmod/uapi/mmuwitness.h"

namespace mmuw {

enum class Kind : uint8_t {
    notifier,
    vm_ioctl,
    vcpu_run,
    log_mark,
    ring,
    spte,
    fault,
    tlb_flush,
    folio,
    page_state,
    mark,
    note,
    plant,
    gate,
    young,
    prefault,
    ksm,
    change_pte,
};
inline constexpr size_t kKinds = 18;

struct NotifierEvent {
    uint64_t start, end;  // bytes of host virtual address, end exclusive
    uint8_t phase, event, blockable;
};

struct IoctlEvent {
    int64_t ret;
    uint32_t cmd;
    uint16_t vm;
    uint8_t phase;
};

struct VcpuRunEvent {
    int64_t ret;
    uint16_t vm;
    int16_t vcpu;
    uint8_t phase;
};

struct LogMarkEvent {
    uint64_t gfn;
    uint16_t vm;
    int16_t vcpu;
    uint16_t slot;
    uint8_t logging, lock;
};

struct RingEvent {
    uint64_t offset;  // pages from the slot's first gfn
    uint16_t vm;
    int16_t vcpu;
    uint16_t slot;
    uint8_t op;
};

struct SpteEvent {
    uint64_t gfn, old_spte, new_spte, inv_seq, inv_start, inv_end, index;
    uint32_t inv_in_progress, page;
    uint16_t vm;
    int16_t vcpu;
    uint16_t file;
    uint8_t level, as_id, fast, lock, bits_old, bits_new;
};

struct FaultEvent {
    uint64_t gfn, error_code, inv_seq;
    uint32_t inv_in_progress;
    uint16_t vm;
    int16_t vcpu;
    uint8_t phase, write;
};

struct FlushEvent {
    uint64_t gfn, pages;  // pages 0: of the whole VM
    uint16_t vm;
    int16_t vcpu;
    uint8_t phase;
};

struct FolioEvent {
    uint64_t index, pages;
    int64_t ret;
    uint32_t page;
    uint16_t file, vm;
    int16_t vcpu;
    uint8_t op, lock;
};

struct PageStateEvent {
    uint64_t index;
    uint32_t page;
    uint16_t file;
};

struct MarkEvent {
    uint64_t a[6];
    uint32_t kind;
    uint16_t vm;
};

struct NoteEvent {
    uint32_t kind;
    char text[MMUWITNESS_TEXT_LEN];

    std::string_view view() const { return {text, strnlen(text, sizeof text)}; }
};

struct PlantEvent {
    uint64_t arg;
    uint16_t vm;
    char name[MMUWITNESS_NAME_LEN];

    std::string_view view() const { return {name, strnlen(name, sizeof name)}; }
};

struct GateEvent {
    uint64_t held_ns;  // 0 when the hold begins
    uint16_t id, vm;
    int16_t vcpu;
    uint8_t phase, point;
};

struct YoungEvent {
    uint64_t start, end;  // bytes of host virtual address, end exclusive
    uint16_t vm;
    uint8_t op, phase, promised, young;
};

struct PrefaultEvent {
    uint64_t gfn;
    int64_t ret;
    uint16_t vm;
    int16_t vcpu;
    uint8_t phase;
};

struct KsmEvent {
    int64_t ret;
    uint8_t phase;
};

struct ChangePteEvent {
    uint64_t address;  // host virtual
};

struct Event {
    uint64_t order = 0;  // ring-buffer timestamp, trace clock "counter": one order for all CPUs
    uint64_t seq = 0;    // the witness' own count: a gap is a lost event
    uint64_t ns = 0;     // CLOCK_MONOTONIC
    int32_t pid = 0;
    uint16_t cpu = 0;
    Kind kind = Kind::notifier;
    union {
        NotifierEvent notifier{};
        IoctlEvent vm_ioctl;
        VcpuRunEvent vcpu_run;
        LogMarkEvent log_mark;
        RingEvent ring;
        SpteEvent spte;
        FaultEvent fault;
        FlushEvent tlb_flush;
        FolioEvent folio;
        PageStateEvent page_state;
        MarkEvent mark;
        NoteEvent note;
        PlantEvent plant;
        GateEvent gate;
        YoungEvent young;
        PrefaultEvent prefault;
        KsmEvent ksm;
        ChangePteEvent change_pte;
    };
};

}  // namespace mmuw
