// SPDX-License-Identifier: GPL-2.0-only
#include "trace/stream.h"

extern "C" {  // it does not say so itself
#include <traceevent/kbuffer.h>
}

#include <algorithm>

namespace mmuw {

struct EventStream::Cpu {
    struct KbufferFree {
        void operator()(kbuffer* k) const { kbuffer_free(k); }
    };
    uint16_t id = 0;
    std::unique_ptr<PageSource> pages;
    std::unique_ptr<kbuffer, KbufferFree> kbuf;
    void* record = nullptr;
    unsigned long long order = 0;
};

EventStream::EventStream(std::shared_ptr<const Decoder> decoder, size_t data)
    : decoder_(std::move(decoder)), data_(data) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&&) noexcept = default;
EventStream::~EventStream() = default;

void EventStream::add_cpu(uint16_t id, std::unique_ptr<PageSource> pages) {
    auto cpu = std::make_unique<Cpu>();
    cpu->id = id;
    cpu->pages = std::move(pages);
    // 64-bit little endian only: dat.cc refuses the rest.
    cpu->kbuf.reset(kbuffer_alloc(KBUFFER_LSIZE_8, KBUFFER_ENDIAN_LITTLE));
    dry_.push_back(cpu.get());
    cpus_.push_back(std::move(cpu));
}

// Loads pages until one has a record.
Result<bool> EventStream::load(Cpu& cpu) {
    for (;;) {
        auto page = cpu.pages->next();
        if (!page) return error("cpu {}: {}", cpu.id, page.error());
        if (page->empty()) return false;
        if (!page_is_sound(*page, data_)) return error("cpu {}: damaged ring-buffer page", cpu.id);
        kbuffer_load_subbuffer(cpu.kbuf.get(), page->data());
        if (const int lost = kbuffer_missed_events(cpu.kbuf.get()))
            missed_ += lost < 0 ? 1 : static_cast<uint64_t>(lost);
        cpu.record = kbuffer_read_event(cpu.kbuf.get(), &cpu.order);
        if (cpu.record) return true;
    }
}

Result<void> EventStream::advance(Cpu& cpu) {
    cpu.record = kbuffer_next_event(cpu.kbuf.get(), &cpu.order);
    if (cpu.record) return {};
    auto more = load(cpu);
    if (!more) return std::unexpected(more.error());
    return {};
}

Result<bool> EventStream::next(Event& out) {
    const auto later = [](const Cpu* a, const Cpu* b) { return a->order > b->order; };
    for (size_t i = 0; i < dry_.size();) {
        auto more = load(*dry_[i]);
        if (!more) return more;
        if (!*more) {
            ++i;
            continue;
        }
        heap_.push_back(dry_[i]);
        std::ranges::push_heap(heap_, later);
        dry_.erase(dry_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    while (!heap_.empty()) {
        // The oldest CPU stays in front while it remains the oldest: runs are long.
        Cpu& cpu = *heap_.front();
        const auto order = cpu.order;
        ++records_;
        const bool ours = decoder_->decode(
            cpu.record, static_cast<size_t>(kbuffer_event_size(cpu.kbuf.get())), out);
        if (auto ok = advance(cpu); !ok) return std::unexpected(ok.error());
        const size_t size = heap_.size();
        if (!cpu.record) {
            std::ranges::pop_heap(heap_, later);
            heap_.pop_back();
            dry_.push_back(&cpu);
        } else if ((size > 1 && cpu.order > heap_[1]->order) ||
                   (size > 2 && cpu.order > heap_[2]->order)) {
            std::ranges::pop_heap(heap_, later);
            std::ranges::push_heap(heap_, later);
        }
        if (!ours) continue;
        out.order = order;
        out.cpu = cpu.id;
        return true;
    }
    return false;
}

}  // namespace mmuw
