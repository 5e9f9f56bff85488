// SPDX-License-Identifier: GPL-2.0-only
#include "judge/history.h"

#include <algorithm>
#include <cstring>

#include "judge/ioctls.h"
#include "trace/fields.h"
#include "trace/marks.h"
#include "trace/text.h"

namespace mmuw {
namespace {

// A subject, seen from both sides: the file's page and every gfn that maps it.
struct Target {
    const Subject& subject;
    const Ledger& ledger;
    uint16_t file = 0;
    uint64_t page = 0;
    std::vector<Ledger::Place> places;

    bool has_gfn(uint16_t vm, uint64_t gfn, uint64_t pages = 1) const {
        for (const auto& p : places)
            if (p.vm == vm && p.gfn - gfn < pages) return true;
        return subject.vm == vm && subject.gfn && *subject.gfn - gfn < pages;
    }
    bool has_page(uint64_t f, uint64_t first, uint64_t pages = 1) const {
        return file && f == file && page - first < pages;
    }
    bool has_hva(uint64_t start, uint64_t end) const {
        return std::ranges::any_of(places,
                                   [&](const auto& p) { return p.hva >= start && p.hva < end; });
    }
    bool has_vm(uint16_t vm) const {
        return vm && (vm == subject.vm ||
                      std::ranges::any_of(places, [&](const auto& p) { return p.vm == vm; }));
    }
};

template <class M>
concept HasFile = requires(M m) { m.file; };
template <class M>
concept HasGfn = requires(M m) { m.gfn; };
template <class M>
concept HasPages = requires(M m) { m.pages; };
template <class M>
concept HasSlot = requires(M m) { m.slot; };

// By what a mark has: pages of a file, gfns, or only a slot.
bool concerns(const MarkEvent& e, const Target& t) {
    bool does = false;
    visit_mark(e, Overloaded{
                      [&](const mark::Memslot&) { does = t.has_vm(e.vm); },
                      [&](const mark::Journaled& m) { does = t.has_page(m.file, 0, ~0ull); },
                      [&](const mark::Logged& m) {
                          if (!t.subject.gfn || e.vm != t.subject.vm) return;
                          const uint64_t at = *t.subject.gfn - m.gfn;
                          does = at < 64 && (m.bits >> at & 1);
                      },
                      [&]<class M>(const M& m) {
                          if constexpr (HasFile<M> && HasPages<M>)
                              does = t.has_page(m.file, m.page, m.pages ? m.pages : ~0ull);
                          else if constexpr (HasFile<M>)
                              does = t.has_page(m.file, m.page);
                          else if constexpr (HasGfn<M> && HasPages<M>)
                              does = t.has_gfn(e.vm, m.gfn, m.pages);
                          else if constexpr (HasGfn<M>)
                              does = t.has_gfn(e.vm, m.gfn);
                          else if constexpr (HasSlot<M>)
                              does = t.subject.gfn && t.has_vm(e.vm);
                      },
                  });
    return does;
}

bool concerns(const Event& e, const Target& t) {
    switch (e.kind) {
        case Kind::notifier:
            return t.has_hva(e.notifier.start, e.notifier.end);
        case Kind::vm_ioctl:
            return t.has_vm(e.vm_ioctl.vm) &&
                   (is_memslot_ioctl(e.vm_ioctl.cmd) || is_log_ioctl(e.vm_ioctl.cmd));
        case Kind::log_mark:
            return t.has_gfn(e.log_mark.vm, e.log_mark.gfn);
        case Kind::ring: {
            const Slot* s = t.ledger.slot_by_id(e.ring.vm, e.ring.slot);
            return s && t.has_gfn(e.ring.vm, s->gfn + e.ring.offset);
        }
        case Kind::spte:
            return t.has_gfn(e.spte.vm, e.spte.gfn,
                             t.ledger.pages_of(std::max<unsigned>(e.spte.level, 1)));
        case Kind::fault:
            return t.has_gfn(e.fault.vm, e.fault.gfn);
        case Kind::tlb_flush:
            return t.subject.flushes && t.has_vm(e.tlb_flush.vm);
        case Kind::folio:
            return t.has_page(e.folio.file, e.folio.index, e.folio.pages);
        case Kind::page_state:
            return t.has_page(e.page_state.file, e.page_state.index);
        case Kind::mark:
            return concerns(e.mark, t);
        case Kind::note:
            return e.note.kind == MMUWITNESS_NOTE_KERNEL_LOG;
        case Kind::plant:
            return true;
        case Kind::gate:
            return t.subject.gfn || t.subject.page;
        case Kind::young:
            return t.has_vm(e.young.vm) && t.has_hva(e.young.start, e.young.end);
        case Kind::prefault:
            return t.has_gfn(e.prefault.vm, e.prefault.gfn);
        case Kind::ksm:
            return t.subject.flushes;
        case Kind::change_pte:
            return t.has_hva(e.change_pte.address, e.change_pte.address + 1);
        default:
            return false;
    }
}

}  // namespace

void History::add(const Event& e) {
    // Only what this kind uses: notes are the longest by far.
    std::memcpy(static_cast<void*>(&ring_[count_++ % kEvents]), static_cast<const void*>(&e),
                kind_info(e.kind).bytes);
}

Window History::window(const Subject& subject, const Ledger& ledger, std::string why) const {
    Target t{subject, ledger, subject.file, subject.page.value_or(0), {}};
    if (const Slot* s =
            t.file || !subject.gfn ? nullptr : ledger.slot_of(subject.vm, *subject.gfn)) {
        const uint64_t at = *subject.gfn - s->gfn;
        t.file = s->file;
        t.page = s->first_page + at;
        if (!s->file) t.places = {{subject.vm, *subject.gfn, s->hva + at * ledger.page_size()}};
    }
    if (t.file) t.places = ledger.places_of(t.file, t.page);

    Window w;
    w.why = std::move(why);
    const uint64_t oldest = count_ > kEvents ? count_ - kEvents : 0;
    for (uint64_t i = count_; i > oldest && w.lines.size() < kLines; --i) {
        const Event& e = ring_[(i - 1) % kEvents];
        if (i == count_ || concerns(e, t)) w.lines.push_back(to_line(e));
    }
    std::ranges::reverse(w.lines);
    w.offender = w.lines.empty() ? 0 : w.lines.size() - 1;
    return w;
}

}  // namespace mmuw
