// SPDX-License-Identifier: GPL-2.0-only
#include "run/witnessed_file.h"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <format>
#include <stdexcept>
#include <thread>

#include "backing/block_device.h"
#include "backing/lanes.h"
#include "base/sys_error.h"

namespace mmuw {

namespace {

using namespace std::chrono_literals;

// Writeback of a small file that does not end in this time is a hung device, not a slow one.
constexpr auto kSettleTimeout = 20s;

// What they look at begins with writeback, or with what makes it possible (page_mkwrite).
constexpr std::string_view kAboutWriteback[] = {"tagged", "stable-page", "unmapped-when-clean",
                                                "slow-path-dirty", "dirty-in-time"};

constexpr int kDropAttempts = 10;
constexpr auto kDropDelay = 20ms;

}  // namespace

WitnessedFile::WitnessedFile(Witness& witness, const std::string& directory, std::uint64_t pages)
    : witness_(witness), file_(directory, pages), filesystem_(filesystem_at(file_.path())) {
    why_no_disk_ = filesystem_.why_no_writeback();
    if (why_no_disk_.empty()) try {
            disk_.emplace(file_);
        } catch (const NoDevice& error) {
            why_no_disk_ = error.what();
        }
    id_ = witness.add_file(file_.fd());
    if (filesystem_.journals_data) witness.mark(0, mark::Journaled{.file = id_});
}

WitnessedFile::~WitnessedFile() {
    try {
        witness_.del_file(id_);
    } catch (const SysError&) {
        // Closing the session drops the file as well.
    }
}

// sync_file_range(2): no metadata is written, and without it new blocks are not the file's.
std::string WitnessedFile::why_not_on_disk(Sync sync) const {
    if (sync == Sync::kFileRange && !filesystem_.overwrites)
        return filesystem_.name + " copies on write, and sync_file_range promises nothing of that";
    return why_no_disk_;
}

void WitnessedFile::cannot(std::string_view rule, const std::string& why) {
    if (cannot_.emplace(rule).second)
        witness_.note(note::Rule{.name = std::string(rule), .missing = why});
}

void WitnessedFile::sync(Sync sync, const std::function<std::vector<Expectation>()>& written) {
    std::vector<Expectation> expectations = written();
    if (const auto why = why_not_on_disk(sync); !why.empty() && !expectations.empty()) {
        cannot("durable", why);
        expectations.clear();
    }
    if (const auto why = filesystem_.why_no_writeback(); !why.empty())
        for (const std::string_view rule : kAboutWriteback) cannot(rule, why);
    std::vector<mmuwitness_mark> marks = marks_of(expectations);
    const std::uint64_t operation = static_cast<std::uint64_t>(sync);
    marks.push_back(
        make_mark(0, mark::SyncBegin{.file = id_, .pages = pages(), .sync = operation}));
    witness_.marks(marks);

    const int error = syncer_.try_sync(file_, sync, 0, pages());
    witness_.mark(
        0, mark::SyncEnd{.file = id_, .pages = pages(), .sync = operation, .result = -error});
    if (error != 0) throw SysError(error, std::format("{}({})", to_string(sync), file_.path()));

    if (!expectations.empty() && disk_) witness_.marks(read_back(expectations));
}

std::vector<mmuwitness_mark> WitnessedFile::marks_of(
    const std::vector<Expectation>& expectations) const {
    std::vector<mmuwitness_mark> marks;
    for (const Expectation& e : expectations)
        marks.push_back(make_mark(
            0, mark::Expect{.file = id_, .page = e.page, .lane = e.lane, .stamp = e.stamp}));
    return marks;
}

std::vector<mmuwitness_mark> WitnessedFile::read_back(
    const std::vector<Expectation>& expectations) {
    const auto bytes = disk_->read(0, pages());
    std::vector<mmuwitness_mark> marks;
    for (const Expectation& e : expectations)
        marks.push_back(make_mark(
            0, mark::Disk{
                   .file = id_,
                   .page = e.page,
                   .lane = e.lane,
                   .stamp = lane_of(bytes.subspan(e.page * page_size(), page_size()), e.lane)}));
    return marks;
}

bool WitnessedFile::freeze(MachineGuard& guard, const std::function<void()>& meanwhile,
                           const std::function<std::vector<Expectation>()>& written) {
    if (!disk_) {
        cannot("durable", why_no_disk_);
        return false;
    }
    FrozenFilesystem frozen(guard, file_.path());
    meanwhile();
    const std::vector<Expectation> expectations = written();
    const std::vector<mmuwitness_mark> found = read_back(expectations);
    if (!frozen.thaw()) return false;
    std::vector<mmuwitness_mark> marks = marks_of(expectations);
    const auto operation = std::uint64_t{MMUWITNESS_SYNC_FREEZE};
    marks.push_back(
        make_mark(0, mark::SyncBegin{.file = id_, .pages = pages(), .sync = operation}));
    marks.push_back(
        make_mark(0, mark::SyncEnd{.file = id_, .pages = pages(), .sync = operation, .result = 0}));
    marks.insert(marks.end(), found.begin(), found.end());
    witness_.marks(marks);
    return true;
}

std::vector<std::uint32_t> WitnessedFile::settle() {
    if ((witness_.known_page_flags() & MMUWITNESS_PAGE_DIRTY) == 0 || !filesystem_.writes_back)
        return {};
    const auto deadline = std::chrono::steady_clock::now() + kSettleTimeout;
    const auto busy = [](std::uint32_t flags) {
        return (flags & (MMUWITNESS_PAGE_WRITEBACK | MMUWITNESS_PAGE_LOCKED)) != 0;
    };
    // The flusher may be at work on the file at any time; a look during it proves nothing.
    for (;;) {
        witness_.mark(0, mark::Settled{.file = id_, .pages = pages()});
        auto flags = witness_.page_state(id_, 0, pages());
        if (std::ranges::none_of(flags, busy)) return flags;
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error(
                std::format("writeback of {} did not come to rest", file_.path()));
        std::this_thread::sleep_for(1ms);
    }
}

void WitnessedFile::release() {
    file_.unmap();
    const int error = syncer_.try_sync(file_, Sync::kFsync, 0, pages());
    if (error != 0) throw SysError(error, std::format("fsync({})", file_.path()));
    const auto count = [](const std::vector<std::uint32_t>& flags, std::uint32_t bit) {
        return static_cast<std::uint64_t>(
            std::ranges::count_if(flags, [bit](std::uint32_t f) { return (f & bit) != 0; }));
    };
    const auto mapped = witness_.page_state(id_, 0, pages());
    // Drops what is clean, unmapped and unreferenced, after draining the per-CPU LRU caches that
    // hold references of their own (mm/fadvise.c, lru_add_drain_all). Compaction and reclaim hold
    // pages for a moment, too; a leaked reference stays.
    std::vector<std::uint32_t> kept;
    for (int attempt = 0; attempt < kDropAttempts && filesystem_.writes_back; attempt++) {
        if (attempt > 0) std::this_thread::sleep_for(kDropDelay);
        posix_fadvise(file_.fd(), 0, 0, POSIX_FADV_DONTNEED);
        kept = witness_.page_state(id_, 0, pages());
        if (count(kept, MMUWITNESS_PAGE_PRESENT) == 0) break;
    }
    if ((witness_.known_page_flags() & MMUWITNESS_PAGE_MAPPED) != 0)
        witness_.mark(0, mark::Left{.what = MMUWITNESS_LEFT_MAPPED_PAGES,
                                    .count = count(mapped, MMUWITNESS_PAGE_MAPPED)});
    // Never clean, its pages are never dropped.
    if (!filesystem_.writes_back)
        cannot("nothing-left", filesystem_.why_no_writeback());
    else if (filesystem_.journals_data)
        cannot("nothing-left", "the journal holds pages, as long as it likes");
    else
        witness_.mark(0, mark::Left{.what = MMUWITNESS_LEFT_PINNED_PAGES,
                                    .count = count(kept, MMUWITNESS_PAGE_PRESENT)});
}

WitnessedFile& WitnessedFiles::add(Witness& witness, const std::string& directory,
                                   std::uint64_t pages) {
    const std::lock_guard lock(mutex_);
    return files_.emplace_back(witness, directory, pages);
}

BackingPage WitnessedFiles::find(std::uint64_t hva) const {
    const std::lock_guard lock(mutex_);
    for (const WitnessedFile& file : files_) {
        const Mapping& mapping = file.file().mapping();
        if (hva >= mapping.hva() && hva < mapping.hva() + mapping.size())
            return {file.id(), (hva - mapping.hva()) / page_size()};
    }
    return {0, 0};
}

}  // namespace mmuw
