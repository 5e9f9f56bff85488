// SPDX-License-Identifier: GPL-2.0-only
// A device writes to guest memory, as the VMM's O_DIRECT read from a disk has it: the page is
// pinned, and no page table tells the write. Meanwhile the page is written back, or reclaim looks
// at it; then the device writes, and the pin goes, which has to leave the page dirty (thread 004).
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <format>
#include <fstream>
#include <optional>
#include <thread>

#include "backing/block_device.h"
#include "backing/btrfs.h"
#include "backing/lanes.h"
#include "base/fd.h"
#include "base/sys_error.h"
#include "machine/held_reads.h"
#include "machine/pagemap.h"
#include "machine/unavailable.h"
#include "run/scenario_test.h"

namespace mmuw::pinned {

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 12;

// What happens to the page while it is pinned.
enum class Meanwhile { kSynced, kReclaimed };

// Bytes that an O_DIRECT read takes; where nobody says (STATX_DIOALIGN), those of a block.
std::size_t least_read(int fd) {
    struct statx status{};
    if (statx(fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) != 0) throw_errno("statx");
    return (status.stx_mask & STATX_DIOALIGN) != 0 ? status.stx_dio_offset_align
                                                   : status.stx_blksize;
}

// The task sleeps in the kernel, and nothing but the end of that wakes it.
bool waits_for_disk(pid_t task) {
    std::ifstream file(std::format("/proc/self/task/{}/stat", task));
    std::string text;
    std::getline(file, text);
    const std::size_t name_end = text.rfind(')');
    return name_end != std::string::npos && text.substr(name_end).starts_with(") D");
}

class Pinned : public ScenarioTest, public testing::WithParamInterface<Meanwhile> {
  protected:
    // For whoever asks for the report.
    [[nodiscard]] bool may_harm() const {
        return GetParam() == Meanwhile::kReclaimed && is_btrfs() &&
               run_.options.report != "pinned-folio-released";
    }
    [[nodiscard]] bool is_btrfs() const { return run_.scratch.filesystem().name == "btrfs"; }

    // What the disk has for each page: its number, from 1 on, in the first lane.
    void make_source() {
        source_.emplace(run_.scratch.directory(), kPages);
        for (std::uint64_t page = 0; page < kPages; page++)
            store_lane(source_->page(page), 0, page + 1);
        Syncer().sync(*source_, Sync::kFsync, 0, kPages);
        direct_ = Fd(open(source_->path().c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
        if (direct_.get() < 0)
            throw Unavailable(std::format("no O_DIRECT here: {}", std::strerror(errno)));
        sector_ = least_read(direct_.get());
        if (sector_ == 0 || sector_ > page_size())
            throw Unavailable("no O_DIRECT read of a page or less here");
        at_ = sector_ < page_size() ? page_size() / 2 : 0;
    }

    // From the disk to the page, while `meanwhile` is done to that. True: the read was seen to
    // wait, and did so all that time; by then it has pinned the page.
    bool read_while(HeldReads& reads, std::byte* page, std::uint64_t number,
                    const std::function<void()>& meanwhile) {
        std::atomic<pid_t> task = 0;
        std::atomic<ssize_t> got = 0;
        std::atomic<bool> over = false;
        reads.stop();
        std::jthread reader([&] {
            task = gettid();
            const ssize_t bytes =
                pread(direct_.get(), page + at_, sector_, static_cast<off_t>(number * page_size()));
            got = bytes < 0 ? -errno : bytes;
            over = true;
        });
        bool waits = false;
        const auto until = std::chrono::steady_clock::now() + 500ms;
        while (!over && !waits && std::chrono::steady_clock::now() < until) {
            std::this_thread::sleep_for(1ms);
            waits = task != 0 && waits_for_disk(task);
        }
        meanwhile();
        const bool still = !over;
        reads.let_go();
        reader.join();
        if (got != static_cast<ssize_t>(sector_))
            throw SysError(got < 0 ? static_cast<int>(-got) : EIO, "pread(O_DIRECT)");
        return waits && still;
    }

    // The read is over when the device has written; whether that has made the page dirty by then is
    // another matter: a page that was written back meanwhile is left to a worker
    // (bio_check_pages_dirty()). Until it has come no sync can know; where it never does, the sync
    // that follows has missed the page.
    static void wait_for_worker(const Pagemap& pagemap, const std::byte* page) {
        constexpr std::uint64_t kLocked = 1 << KPF_LOCKED, kDirty = 1 << KPF_DIRTY;
        const auto until = std::chrono::steady_clock::now() + 10s;
        while ((pagemap.flags({page, page_size()}) & (kLocked | kDirty)) != kDirty &&
               std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(1ms);
    }

    // False: the filesystem says that it has found a page dirty that it knows nothing of.
    bool sync_and_look(WitnessedFile& file, const Guest& guest, std::uint64_t page) {
        try {
            file.sync(Sync::kMsync, [&] {
                std::vector<Expectation> written{
                    {.page = page, .lane = device_lane(), .stamp = page + 1}};
                // Of the guest's there is something left.
                if (sector_ < page_size()) append_written(guest, page + 1, written);
                return written;
            });
            return true;
        } catch (const SysError& error) {
            if (error.code().value() != EUCLEAN || !is_btrfs()) throw;
            return false;
        }
    }

    [[nodiscard]] std::uint64_t device_lane() const { return at_ / sizeof(std::uint64_t); }

    std::optional<BackingFile> source_;
    Fd direct_;
    // The part of each page that is the device's, bytes.
    std::size_t sector_ = 0, at_ = 0;
};

TEST_P(Pinned, WhatTheDeviceWritesIsSeenAndOnTheDisk) {
    if (!run_.options.perturbation.empty())
        GTEST_SKIP() << "what is done to its pages is the scenario's own affair: no disturbers";
    if (may_harm()) GTEST_SKIP() << "btrfs may have an oops: docs/reports/pinned-folio-released.md";
    promise({"durable", "isolated"});
    WitnessedFile& file = add_file(kPages);
    // Before the cgroup: a VM of 6.1 has a kernel thread, in the cgroup of who made it, for life.
    Guest& guest = add_guest({.pages = kPages});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    const GuardScope scope(run_.options.guard);
    std::optional<HeldReads> reads;
    try {
        make_source();
        const int fd = file.file().fd();
        reads.emplace(run_.options.guard,
                      is_btrfs() ? btrfs_device_of(fd).path : block_device_of(fd));
    } catch (const NoDevice& none) {
        GTEST_SKIP() << none.what();
    } catch (const Unavailable& missing) {
        GTEST_SKIP() << missing.what();
    }

    const Pagemap pagemap;
    for (std::uint64_t page = 0; page < kPages; page++) {
        std::byte* const memory = file.file().page(page);
        guest.write(0, page);
        const bool met = read_while(*reads, memory, page, [&] {
            file.sync(Sync::kMsync, [] { return std::vector<Expectation>(); });
            if (GetParam() == Meanwhile::kReclaimed &&
                madvise(memory, page_size(), MADV_PAGEOUT) != 0)
                throw_errno("madvise(MADV_PAGEOUT)");
        });
        const std::uint64_t lane = device_lane(), stamp = page + 1;
        mark::Seen seen{.slot = slot.id(),
                        .gfn = slot.gfn() + page,
                        .lane = lane,
                        .seen = guest.read(0, page, 1, static_cast<std::uint32_t>(lane)).last,
                        .expect = stamp,
                        .side = MMUWITNESS_SIDE_GUEST};
        mark(guest, seen);
        seen.seen = load_lane(memory, lane);
        seen.side = MMUWITNESS_SIDE_HOST;
        mark(guest, seen);
        wait_for_worker(pagemap, memory);
        if (!sync_and_look(file, guest, page)) GTEST_SKIP() << "its filesystem refuses such pages";
        trial(met);
    }
    file.settle();
}

INSTANTIATE_TEST_SUITE_P(, Pinned, testing::Values(Meanwhile::kSynced, Meanwhile::kReclaimed),
                         [](const auto& info) {
                             return info.param == Meanwhile::kSynced ? "synced" : "reclaimed";
                         });

}  // namespace

}  // namespace mmuw::pinned
