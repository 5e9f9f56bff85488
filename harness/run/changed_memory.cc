// SPDX-License-Identifier: GPL-2.0-only
#include "run/changed_memory.h"

#include <algorithm>
#include <set>

#include "backing/lanes.h"

namespace mmuw {

void ChangedMemory::make_memory(MemoryKind kind) {
    constexpr std::uint64_t kSmall = 96;
    memory_ = add_memory(kind, kSmall, 3);
}

void ChangedMemory::start(bool async_faults) {
    promise({"isolated"});
    random_.seed(seed());
    const std::uint64_t pages = memory_.pages(), cut = pages / 3 + 3;
    // A boundary of 1 GB, where KVM's page tables have to be walked up and down again, is where the
    // ranges below have something on both sides.
    const std::uint64_t before = is_huge(memory_.kind) ? huge_bytes() / page_size() : 64;
    first_ = (std::uint64_t{1} << 30) / page_size() - before;
    alias_ = first_ + pages + 5;
    guest_ = &add_guest({.pages = alias_ + pages,
                         .idle = guest::Idle::kStay,
                         .memory_comes_back = true,
                         .async_faults = async_faults});
    slots_ = {&guest_->add_memory(first_, cut, memory_.page(0)),
              &guest_->add_memory(first_ + cut, pages - cut, memory_.page(cut)),
              &guest_->add_memory(alias_, pages, memory_.page(0))};
    guest_->start();
    lanes_ = {guest_->lane(0), unsigned{kHostLane}};
}

const Memslot& ChangedMemory::slot_at(std::uint64_t data_page) const {
    return **std::ranges::find_if(slots_, [&](const Memslot* slot) {
        return data_page - guest_->first_page(*slot) < slot->pages();
    });
}

ChangedMemory::Pages ChangedMemory::look_at(const MemoryRange& r) {
    std::set<std::uint64_t> pages;
    const std::uint64_t end = r.first + r.pages;
    for (const std::uint64_t p : {r.first - 1, r.first, r.first + 1, r.first + r.pages / 2, end - 1,
                                  end, std::uint64_t{0}, memory_.pages() - 1})
        if (p < memory_.pages()) pages.insert(p);
    for (int i = 0; i < 4; i++) pages.insert(random_() % memory_.pages());
    return {pages.begin(), pages.end()};
}

std::vector<MemoryRange> ChangedMemory::ranges() const {
    const std::uint64_t huge = huge_bytes() / page_size();
    if (memory_.kind == MemoryKind::kHugetlb) return {{huge, huge}, {0, memory_.pages()}};
    if (is_huge(memory_.kind))
        return {{huge + 7, 1}, {huge - 3, 6}, {huge, huge}, {0, memory_.pages()}};
    return {{5, 1}, {62, 5}, {0, memory_.pages()}};
}

void ChangedMemory::write(const Pages& pages) {
    guest_writes(pages);
    host_writes(pages);
}

void ChangedMemory::host_writes(const Pages& pages) {
    for (const std::uint64_t page : pages) {
        must_[page][kHostLane] = ++host_stamp_;
        store_lane(memory_.page(page), kHostLane, host_stamp_);
    }
}

void ChangedMemory::guest_writes(const Pages& pages) {
    std::vector<guest::Command> commands;
    std::vector<mmuwitness_mark> marks;
    for (const std::uint64_t page : pages)
        for (const std::uint64_t at : {first_ + page, alias_ + page}) {
            commands.insert(commands.end(), 2, Guest::write_command(at));
            if (slot_at(at).logged())
                marks.push_back(make_mark(
                    vm_id(*guest_), mark::Wrote{.slot = slot_at(at).id(), .gfn = guest_->gfn(at)}));
        }
    const std::vector<CommandResult> done = guest_->run(0, commands);
    for (std::size_t i = 0; i < pages.size(); i++)
        must_[pages[i]][guest_->lane(0)] = done[4 * i + 3].last;
    run_.witness.marks(marks);
}

void ChangedMemory::collect() {
    for (Memslot* slot : slots_)
        if (slot->logged()) static_cast<void>(guest_->log().collect(*slot));
}

void ChangedMemory::look(const Pages& pages) {
    std::vector<guest::Command> commands;
    for (const std::uint64_t page : pages)
        for (const std::uint64_t at : {first_ + page, alias_ + page})
            for (const unsigned lane : lanes_) commands.push_back(Guest::read_command(at, lane));
    const std::vector<CommandResult> done = guest_->run(0, commands);
    std::vector<mmuwitness_mark> marks;
    for (std::size_t i = 0; i < commands.size(); i++)
        marks.push_back(seen(pages[i / (2 * lanes_.size())], commands[i].first, commands[i].lane,
                             done[i].last, MMUWITNESS_SIDE_GUEST));
    for (const std::uint64_t page : pages)
        for (const unsigned lane : lanes_)
            marks.push_back(seen(page, first_ + page, lane, load_lane(memory_.page(page), lane),
                                 MMUWITNESS_SIDE_HOST));
    run_.witness.marks(marks);
    std::vector<GuestPage> at;
    for (const std::uint64_t page : pages)
        for (const std::uint64_t there : {first_ + page, alias_ + page})
            at.push_back({.slot = slot_at(there).id(),
                          .gfn = guest_->gfn(there),
                          .memory = memory_.page(page)});
    mark_mapped(*guest_, at);
}

std::vector<ForkedChild::Place> ChangedMemory::places(const Pages& pages) const {
    std::vector<ForkedChild::Place> all;
    for (const std::uint64_t page : pages)
        for (const unsigned lane : lanes_)
            all.push_back({.page = memory_.page(page), .lane = lane});
    return all;
}

void ChangedMemory::child_sees(ForkedChild& child, const Pages& pages) {
    const std::vector<std::uint64_t> stamps = child.look();
    std::vector<mmuwitness_mark> marks;
    std::size_t n = 0;
    for (const std::uint64_t page : pages)
        for (const unsigned lane : lanes_)
            marks.push_back(seen(page, first_ + page, lane, stamps[n++], MMUWITNESS_SIDE_HOST));
    run_.witness.marks(marks);
}

mmuwitness_mark ChangedMemory::seen(std::uint64_t page, std::uint64_t at, unsigned lane,
                                    std::uint64_t stamp, std::uint64_t side) {
    return make_mark(vm_id(*guest_), mark::Seen{.slot = slot_at(at).id(),
                                                .gfn = guest_->gfn(at),
                                                .lane = lane,
                                                .seen = stamp,
                                                .expect = must_[page][lane],
                                                .side = side});
}

void ChangedMemory::forget(const MemoryRange& r) {
    for (std::uint64_t page = r.first; page < r.first + r.pages; page++) must_.erase(page);
}

void ChangedMemory::move_up(const MemoryRange& r) {
    forget(r);
    decltype(must_) moved;
    for (const auto& [page, must] : must_) moved[page < r.first ? page : page - r.pages] = must;
    must_ = moved;
}

}  // namespace mmuw
