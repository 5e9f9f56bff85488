// SPDX-License-Identifier: GPL-2.0-only
#include "witness/notebook.h"

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <stdexcept>

#include "base/mapping.h"
#include "base/sys_error.h"

namespace mmuw {

namespace {

template <class Slots, class Value>
std::uint32_t take_slot(Slots& slots, Value free, Value value, const char* what) {
    const auto it = std::ranges::find(slots, free);
    if (it == slots.end()) throw std::runtime_error(std::string("too many ") + what);
    *it = value;
    return static_cast<std::uint32_t>(it - slots.begin()) + 1;
}

}  // namespace

std::uint32_t Notebook::add_vm(int /*vm_fd*/) {
    const std::lock_guard lock(mutex_);
    return take_slot(vms_, false, true, "VMs");
}

void Notebook::del_vm(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    vms_.at(id - 1) = false;
}

std::uint32_t Notebook::add_file(int fd) {
    const std::lock_guard lock(mutex_);
    return take_slot(files_, -1, fd, "files");
}

void Notebook::del_file(std::uint32_t id) {
    const std::lock_guard lock(mutex_);
    files_.at(id - 1) = -1;
}

// Rules tell tasks apart by their pid, as the trace does.
Event& Notebook::add(Kind kind) {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    Event& e = events_.emplace_back();
    e.order = e.seq = ++count_;
    e.ns = static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
    e.pid = gettid();
    e.cpu = static_cast<std::uint16_t>(std::max(sched_getcpu(), 0));
    e.kind = kind;
    return e;
}

void Notebook::marks(std::span<const mmuwitness_mark> marks) {
    const std::lock_guard lock(mutex_);
    for (const mmuwitness_mark& mark : marks) {
        Event& e = add(Kind::mark);
        e.mark = {};
        MarkWords::record(e.mark, mark);
    }
}

void Notebook::note(std::uint32_t kind, std::string_view text) {
    const std::lock_guard lock(mutex_);
    Event& e = add(Kind::note);
    e.note = {};
    e.note.kind = kind;
    auto& to = e.note.text.bytes;
    std::ranges::transform(text.substr(0, sizeof to - 1), to, [](char c) {
        return c == '"' ? '\'' : std::iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
    });
}

std::vector<std::uint32_t> Notebook::page_state(std::uint32_t file, std::uint64_t first,
                                                std::uint64_t count) {
    int fd = -1;
    {
        const std::lock_guard lock(mutex_);
        fd = files_.at(file - 1);
    }
    // A mapping that nobody touches: it brings nothing in, and is gone at the end.
    const Mapping mapping(count * page_size(), PROT_READ, MAP_SHARED, fd,
                          static_cast<off_t>(first * page_size()));
    std::vector<unsigned char> resident(count);
    if (mincore(mapping.get(), mapping.size(), resident.data()) != 0) throw_errno("mincore");
    std::vector<std::uint32_t> flags(count);
    std::ranges::transform(resident, flags.begin(), [](unsigned char r) {
        return (r & 1) != 0 ? MMUWITNESS_PAGE_PRESENT : 0U;
    });
    return flags;
}

std::optional<Event> Notebook::take() {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return {};
    const Event e = events_.front();
    events_.pop_front();
    return e;
}

}  // namespace mmuw
