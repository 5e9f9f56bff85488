// SPDX-License-Identifier: GPL-2.0-only
// Events of all CPUs in one order: a merge of per-CPU pages by the ring buffer's timestamp.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "trace/decoder.h"
#include "trace/event.h"
#include "trace/pages.h"
#include "trace/result.h"

struct kbuffer;

namespace mmuw {

class EventStream {
  public:
    // data: bytes of a page before its records, from header_page.
    EventStream(std::shared_ptr<const Decoder> decoder, size_t data);
    EventStream(EventStream&&) noexcept;
    EventStream& operator=(EventStream&&) noexcept;
    ~EventStream();

    void add_cpu(uint16_t cpu, std::unique_ptr<PageSource> pages);

    // True: out is the next event. False: no CPU has any (for now: on a growing source,
    // ask again after the recorder's sync()). Events of a CPU that has none at the moment
    // cannot be waited for: the caller stops at an event before which all was synced.
    Result<bool> next(Event& out);

    // Events that the kernel says it lost between pages; unknown numbers count as one.
    uint64_t missed() const { return missed_; }
    uint64_t records() const { return records_; }  // of all systems

  private:
    struct Cpu;
    Result<void> advance(Cpu& cpu);
    Result<bool> load(Cpu& cpu);

    std::shared_ptr<const Decoder> decoder_;
    size_t data_;
    std::vector<std::unique_ptr<Cpu>> cpus_;
    std::vector<Cpu*> heap_;  // those with a record at hand, oldest on top
    std::vector<Cpu*> dry_;
    uint64_t missed_ = 0;
    uint64_t records_ = 0;
};

}  // namespace mmuw
