// SPDX-License-Identifier: GPL-2.0-only
// Calls that KVM has to refuse: if it does not, what it takes for granted later is no longer so.
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <vector>

#include "backing/lanes.h"
#include "base/sys_error.h"
#include "run/scenario_test.h"
#include "vmm/arch.h"
#include "vmm/dirty_ring.h"
#include "vmm/thread_timer.h"
#include "vmm/vcpu.h"

namespace mmuw::refused {

namespace {

// No multiple of 64: the log's last word is not full.
constexpr std::uint64_t kPages = 100;
constexpr std::uint32_t kNone = 100;  // no memslot has this number

class Refused : public ScenarioTest {
  protected:
    void SetUp() override {
        ScenarioTest::SetUp();
        if (run_.kvm.mmu().reference) GTEST_SKIP() << "the reference MMU has an API of its own";
        promise({"refused"});
    }

    // 0: it was not refused. To be interrupted is no answer.
    static std::uint64_t answer(int fd, unsigned long request, void* argument) {
        while (::ioctl(fd, request, argument) < 0)
            if (errno != EINTR && errno != EAGAIN) return static_cast<std::uint64_t>(errno);
        return 0;
    }
    void say(const Guest& guest, mmuwitness_refusal call, std::uint64_t answer) {
        mark(guest, mark::Answer{.call = call, .answer = answer});
    }
};

class RefusedSlots : public Refused {
  protected:
    struct Region {
        std::uint32_t slot, flags = 0;
        std::uint64_t gpa, bytes, hva;
    };
    // By each of the two ioctls there are. What is made nevertheless is taken away again.
    void ask(Guest& guest, mmuwitness_refusal call, const Region& r) {
        kvm_userspace_memory_region2 region{};
        region.slot = r.slot;
        region.flags = r.flags;
        region.guest_phys_addr = r.gpa;
        region.memory_size = r.bytes;
        region.userspace_addr = r.hva;
        // The other's structure is the beginning of this one.
        std::vector<unsigned long> requests = {KVM_SET_USER_MEMORY_REGION};
        if (run_.kvm.check_extension(KVM_CAP_USER_MEMORY2) > 0)
            requests.push_back(KVM_SET_USER_MEMORY_REGION2);
        const int fd = guest.vm().fd();
        for (const unsigned long request : requests) {
            say(guest, call, answer(fd, request, &region));
            kvm_userspace_memory_region none{.slot = kNone};
            static_cast<void>(::ioctl(fd, KVM_SET_USER_MEMORY_REGION, &none));
        }
    }
};

TEST_F(RefusedSlots, ChangeNothing) {
    constexpr std::uint64_t kFirst = 16, kSecond = 64, kSize = 32;  // data pages
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages});
    Memslot& first = guest.add_memory(kFirst, kSize, file.file().page(kFirst));
    Memslot& second = guest.add_memory(kSecond, kSize, file.file().page(kSecond));
    guest.start();

    const std::uint64_t size = page_size();
    const auto gpa = [&](std::uint64_t page) { return guest.gfn(page) * size; };
    const auto hva = reinterpret_cast<std::uint64_t>(file.file().mapping().get());
    const auto at = [&](std::uint64_t page, std::uint64_t pages) {
        return Region{.slot = kNone, .gpa = gpa(page), .bytes = pages * size, .hva = hva};
    };
    ask(guest, MMUWITNESS_REFUSE_SLOT_HEAD_OVERLAPS, at(kFirst + kSize - 1, 8));
    ask(guest, MMUWITNESS_REFUSE_SLOT_TAIL_OVERLAPS, at(kFirst - 7, 8));
    ask(guest, MMUWITNESS_REFUSE_SLOT_INSIDE_OTHER, at(kFirst + 4, 8));
    ask(guest, MMUWITNESS_REFUSE_SLOT_COVERS_OTHER, at(kFirst - 4, kSize + 8));
    ask(guest, MMUWITNESS_REFUSE_SLOT_SAME_PLACE, at(kFirst, kSize));

    const auto of = [&](const Memslot& slot, std::uint64_t page) {
        return Region{.slot = slot.kvm_slot(),
                      .gpa = gpa(page),
                      .bytes = kSize * size,
                      .hva = hva + guest.first_page(slot) * size};
    };
    Region there = of(second, kFirst + kSize - 1);
    ask(guest, MMUWITNESS_REFUSE_SLOT_MOVED_ONTO_OTHER, there);
    there = of(first, kFirst);
    there.bytes += size;
    ask(guest, MMUWITNESS_REFUSE_SLOT_RESIZED, there);
    there = of(first, kFirst);
    there.hva -= size;
    ask(guest, MMUWITNESS_REFUSE_SLOT_BACKED_ANEW, there);
    there = of(first, kFirst);
    there.flags = KVM_MEM_READONLY;
    ask(guest, MMUWITNESS_REFUSE_SLOT_READ_ONLY_NOW, there);

    Region fresh = at(0, 8);
    fresh.flags = 1U << 30;
    ask(guest, MMUWITNESS_REFUSE_SLOT_UNKNOWN_FLAG, fresh);
    fresh = at(0, 8);
    fresh.bytes -= 512;
    ask(guest, MMUWITNESS_REFUSE_SLOT_SIZE_UNALIGNED, fresh);
    fresh = at(0, 8);
    fresh.gpa += 512;
    ask(guest, MMUWITNESS_REFUSE_SLOT_GPA_UNALIGNED, fresh);
    fresh = at(0, 8);
    fresh.hva += 512;
    ask(guest, MMUWITNESS_REFUSE_SLOT_HVA_UNALIGNED, fresh);
    fresh = at(0, 8);
    fresh.hva = ~std::uint64_t{0} << 48;
    ask(guest, MMUWITNESS_REFUSE_SLOT_HVA_OF_THE_KERNEL, fresh);
    fresh = at(0, 8);
    fresh.gpa = -4 * size;
    ask(guest, MMUWITNESS_REFUSE_SLOT_GPA_WRAPS, fresh);
    fresh = at(0, 8);
    fresh.gpa = std::uint64_t{1} << 52;
    ask(guest, MMUWITNESS_REFUSE_SLOT_GPA_TOO_HIGH, fresh);
    fresh = at(0, 8);
    fresh.slot = static_cast<std::uint32_t>(guest.vm().check_extension(KVM_CAP_NR_MEMSLOTS));
    ask(guest, MMUWITNESS_REFUSE_SLOT_NUMBER_TOO_HIGH, fresh);
    fresh = at(0, 8);
    fresh.slot |= 7U << 16;
    ask(guest, MMUWITNESS_REFUSE_SLOT_NO_SUCH_SPACE, fresh);
    fresh = at(0, 0);
    ask(guest, MMUWITNESS_REFUSE_SLOT_DELETED_TWICE, fresh);

    // And what was there is as it was.
    for (const Memslot* slot : {&first, &second}) {
        const std::uint64_t page = guest.first_page(*slot);
        guest.write(0, page, kSize);
        std::vector<mmuwitness_mark> marks;
        for (std::uint64_t i = page; i < page + kSize; i++)
            marks.push_back(
                make_mark(vm_id(guest), mark::Seen{.slot = slot->id(),
                                                   .gfn = guest.gfn(i),
                                                   .lane = guest.lane(0),
                                                   .seen = load_lane(file.file().page(i), 0),
                                                   .expect = guest.journal(0, i),
                                                   .side = MMUWITNESS_SIDE_HOST}));
        run_.witness.marks(marks);
    }
    trial();
}

class RefusedLogs : public Refused {
  protected:
    void get(Guest& guest, mmuwitness_refusal call, std::uint32_t slot) {
        std::vector<std::uint64_t> bits(16);
        kvm_dirty_log log{.slot = slot, .dirty_bitmap = bits.data()};
        say(guest, call, answer(guest.vm().fd(), KVM_GET_DIRTY_LOG, &log));
    }
    void clear(Guest& guest, mmuwitness_refusal call, std::uint32_t slot, std::uint64_t first,
               std::uint32_t pages) {
        std::vector<std::uint64_t> bits(16, ~std::uint64_t{0});
        kvm_clear_dirty_log log{
            .slot = slot, .num_pages = pages, .first_page = first, .dirty_bitmap = bits.data()};
        say(guest, call, answer(guest.vm().fd(), KVM_CLEAR_DIRTY_LOG, &log));
    }
};

TEST_F(RefusedLogs, ClearNothing) {
    std::string why;
    if (!supported(run_.kvm, DirtyLogKind::kManual, &why)) GTEST_SKIP() << why;
    promise({"log-complete"});
    WitnessedFile& file = add_file(2 * kPages);
    Guest& guest = add_guest({.pages = 2 * kPages, .log = DirtyLogKind::kManual});
    Memslot& slot = guest.add_memory(0, kPages, file.file().mapping().get());
    Memslot& unlogged = guest.add_memory(kPages, kPages, file.file().page(kPages));
    guest.start();
    guest.log().enable(slot);
    static_cast<void>(guest.log().collect(slot));
    guest.write(0, 0, kPages);

    get(guest, MMUWITNESS_REFUSE_LOG_OF_UNLOGGED, unlogged.kvm_slot());
    get(guest, MMUWITNESS_REFUSE_LOG_OF_NO_SLOT, kNone);
    get(guest, MMUWITNESS_REFUSE_LOG_OF_NO_SPACE, slot.kvm_slot() | 7U << 16);
    const std::uint32_t id = slot.kvm_slot();
    clear(guest, MMUWITNESS_REFUSE_CLEAR_OF_UNLOGGED, unlogged.kvm_slot(), 0, kPages);
    clear(guest, MMUWITNESS_REFUSE_CLEAR_OF_NO_SLOT, kNone, 0, kPages);
    clear(guest, MMUWITNESS_REFUSE_CLEAR_BEGINS_IN_WORD, id, 32, kPages - 32);
    clear(guest, MMUWITNESS_REFUSE_CLEAR_ENDS_IN_WORD, id, 0, 32);
    clear(guest, MMUWITNESS_REFUSE_CLEAR_BEYOND_SLOT, id, 64, 64);
    clear(guest, MMUWITNESS_REFUSE_CLEAR_BEHIND_SLOT, id, 128, 64);
    clear(guest, MMUWITNESS_REFUSE_CLEAR_WRAPS, id, ~std::uint64_t{63}, 128);

    // And nothing was cleared.
    mark_written(guest, slot, 0, kPages);
    static_cast<void>(guest.log().collect(slot));
    trial();
}

class RefusedRings : public Refused {
  protected:
    std::uint64_t enable(int fd, std::uint64_t bytes) {
        kvm_enable_cap cap{.cap = dirty_ring_capability(run_.kvm), .args = {bytes}};
        return answer(fd, KVM_ENABLE_CAP, &cap);
    }
};

TEST_F(RefusedRings, AreNotMade) {
    std::string why;
    if (!supported(run_.kvm, DirtyLogKind::kRing, &why)) GTEST_SKIP() << why;
    constexpr std::uint64_t kBytes = 4096 * sizeof(kvm_dirty_gfn);
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages, .log = DirtyLogKind::kBitmap});
    guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    say(guest, MMUWITNESS_REFUSE_RING_AFTER_VCPU, enable(guest.vm().fd(), kBytes));
    say(guest, MMUWITNESS_REFUSE_RING_RESET_WITHOUT,
        answer(guest.vm().fd(), KVM_RESET_DIRTY_RINGS, nullptr));

    // Without a vCPU.
    Vm vm(run_.kvm);
    const auto largest = static_cast<std::uint64_t>(
        vm.check_extension(static_cast<int>(dirty_ring_capability(run_.kvm))));
    say(guest, MMUWITNESS_REFUSE_RING_OF_NO_SIZE, enable(vm.fd(), 0));
    say(guest, MMUWITNESS_REFUSE_RING_OF_NO_POWER_OF_2, enable(vm.fd(), kBytes / 4 * 3));
    say(guest, MMUWITNESS_REFUSE_RING_TOO_SMALL, enable(vm.fd(), sizeof(kvm_dirty_gfn)));
    say(guest, MMUWITNESS_REFUSE_RING_TOO_LARGE, enable(vm.fd(), 2 * largest));
    if (enable(vm.fd(), kBytes) == 0) {
        say(guest, MMUWITNESS_REFUSE_RING_TWICE, enable(vm.fd(), kBytes));
        if (vm.check_extension(KVM_CAP_DIRTY_LOG_RING_WITH_BITMAP) <= 0) {
            const Memslot slot(vm, 1, guest.gfn(0), kPages,
                               reinterpret_cast<std::uint64_t>(file.file().mapping().get()),
                               KVM_MEM_LOG_DIRTY_PAGES);
            std::vector<std::uint64_t> bits(16);
            kvm_dirty_log log{.slot = slot.kvm_slot(), .dirty_bitmap = bits.data()};
            say(guest, MMUWITNESS_REFUSE_RING_AND_BITMAP, answer(vm.fd(), KVM_GET_DIRTY_LOG, &log));
        }
    }
    trial();
}

#ifdef KVM_PRE_FAULT_MEMORY
class RefusedPrefaults : public Refused {
  protected:
    void ask(Guest& guest, mmuwitness_refusal call, std::uint64_t gpa, std::uint64_t bytes) {
        say(guest, call, prefault(guest, gpa, bytes));
    }
    static std::uint64_t prefault(Guest& guest, std::uint64_t gpa, std::uint64_t bytes) {
        using namespace std::chrono_literals;
        kvm_pre_fault_memory range{.gpa = gpa, .size = bytes};
        std::uint64_t result = 0;
        // While memslots come and go it may not end by itself:
        // docs/reports/prefault-obsolete-root.md. When it begins anew it does.
        ThreadTimer timer(gettid());
        timer.set(50ms, 50ms);
        guest.with_vcpu(
            0, [&](const Vcpu& vcpu) { result = answer(vcpu.fd(), KVM_PRE_FAULT_MEMORY, &range); });
        return result;
    }
};

TEST_F(RefusedPrefaults, MapNothing) {
    if (run_.kvm.check_extension(KVM_CAP_PRE_FAULT_MEMORY) <= 0)
        GTEST_SKIP() << "no KVM_PRE_FAULT_MEMORY";
    WitnessedFile& file = add_file(kPages);
    Guest& guest = add_guest({.pages = kPages});
    guest.add_memory(0, kPages, file.file().mapping().get());
    guest.start();
    const std::uint64_t size = page_size();
    const std::uint64_t gpa = guest.gfn(0) * size;
    ask(guest, MMUWITNESS_REFUSE_PREFAULT_OF_NOTHING, gpa, 0);
    ask(guest, MMUWITNESS_REFUSE_PREFAULT_UNALIGNED, gpa + 512, size);
    ask(guest, MMUWITNESS_REFUSE_PREFAULT_OUTSIDE, gpa + kPages * size, size);
    // What could be mapped was, and how far it got is in the range: no error.
    constexpr std::uint64_t kLast = 4;
    if (const std::uint64_t error =
            prefault(guest, guest.gfn(kPages - kLast) * size, 2 * kLast * size);
        error != 0)
        mark(guest, mark::Failed{.call = KVM_PRE_FAULT_MEMORY, .error = error});
    trial();
}
#endif

// What the VMM's own mapping does not allow, the guest may not do either: KVM_RUN says so, and when
// it is allowed again the access is made.
struct Denial {
    mmuwitness_refusal call;
    bool write;
    int rights;    // of the mapping meanwhile
    bool no_file;  // there is no file behind it meanwhile
};
constexpr Denial kDenials[] = {
    {MMUWITNESS_REFUSE_WRITE_TO_READ_ONLY, true, PROT_READ, false},
    {MMUWITNESS_REFUSE_READ_OF_PROT_NONE, false, PROT_NONE, false},
    {MMUWITNESS_REFUSE_WRITE_TO_PROT_NONE, true, PROT_NONE, false},
    {MMUWITNESS_REFUSE_READ_BEYOND_FILE, false, PROT_READ | PROT_WRITE, true},
    {MMUWITNESS_REFUSE_WRITE_BEYOND_FILE, true, PROT_READ | PROT_WRITE, true},
};

class RefusedAccesses : public Refused, public testing::WithParamInterface<MemoryKind> {
  protected:
    // Of the range, and of all behind it where that is the file's end.
    void deny(const Denial& denial, std::uint64_t first) const {
        if (denial.no_file)
            set_size(first);
        else
            set_rights(first, denial.rights);
    }
    void allow(const Denial& denial, std::uint64_t first) const {
        if (denial.no_file)
            set_size(memory_.pages());
        else
            set_rights(first, PROT_READ | PROT_WRITE);
    }

    // The vCPU tries at a page that it has used before, or not.
    void try_at(const Denial& denial, std::uint64_t page) {
        deny(denial, page);
        const Guest::Attempt attempt = guest_->attempt(
            0, denial.write ? Guest::write_command(page) : Guest::read_command(page));
        say(*guest_, denial.call, attempt.denied ? std::uint64_t{EFAULT} : 0);
        allow(denial, page);
        const std::uint64_t last = guest_->wait(0, attempt.number).last;
        if (denial.write) {
            if (slot_->logged())
                mark(*guest_, mark::Wrote{.slot = slot_->id(), .gfn = guest_->gfn(page)});
            mark(*guest_, seen(page, MMUWITNESS_SIDE_HOST, load_lane(memory_.page(page), 0), last));
        } else {
            // What was cut off a file is gone.
            mark(*guest_, seen(page, MMUWITNESS_SIDE_GUEST, last,
                               denial.no_file ? 0 : guest_->journal(0, page)));
        }
    }

    Memory memory_;
    Guest* guest_ = nullptr;
    Memslot* slot_ = nullptr;

  private:
    static constexpr std::uint64_t kRange = 3;

    void set_rights(std::uint64_t first, int rights) const {
        if (mprotect(memory_.page(first), kRange * page_size(), rights) != 0)
            throw_errno("mprotect");
    }
    void set_size(std::uint64_t pages) const {
        if (ftruncate(memory_.fd, static_cast<off_t>(pages * page_size())) != 0)
            throw_errno("ftruncate");
    }
    [[nodiscard]] mark::Seen seen(std::uint64_t page, std::uint64_t side, std::uint64_t stamp,
                                  std::uint64_t expect) const {
        return {.slot = slot_->id(),
                .gfn = guest_->gfn(page),
                .lane = guest_->lane(0),
                .seen = stamp,
                .expect = expect,
                .side = side};
    }
};

TEST_P(RefusedAccesses, AreMadeWhenAllowed) {
    if (!arch::denies_accesses()) GTEST_SKIP() << "KVM makes MMIO of what the host does not allow";
    promise({"isolated", "log-complete"});
    constexpr std::uint64_t kFirst = 11, kStep = 4;  // a page, and what may happen to its range
    memory_ = add_memory(GetParam(), kPages, 2);
    guest_ = &add_guest(
        {.pages = memory_.pages(), .idle = guest::Idle::kStay, .memory_comes_back = true});
    slot_ = &guest_->add_memory(0, memory_.pages(), memory_.bytes.data());
    guest_->start();
    for (const bool logged : {false, true}) {
        if (logged) guest_->log().enable(*slot_);
        std::uint64_t page = kFirst;
        for (const Denial& denial : kDenials) {
            if (denial.no_file && memory_.fd < 0) continue;
            for (const bool used : {false, true}) {
                // Pages that are cut off come last, and none behind them is used again.
                if (used) {
                    guest_->write(0, page);
                    if (logged)
                        mark(*guest_, mark::Wrote{.slot = slot_->id(), .gfn = guest_->gfn(page)});
                }
                try_at(denial, page);
                page += kStep;
            }
        }
        if (logged) static_cast<void>(guest_->log().collect(*slot_));
        trial();
    }
}

INSTANTIATE_TEST_SUITE_P(, RefusedAccesses,
                         testing::Values(MemoryKind::kFile, MemoryKind::kAnonymous,
                                         MemoryKind::kHugeAnonymous),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace

}  // namespace mmuw::refused
