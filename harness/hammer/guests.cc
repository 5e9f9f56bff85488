// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/guests.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <exception>

#include "backing/backing_file.h"
#include "vmm/guest.h"

namespace mmuw::hammer {
namespace {

constexpr std::uint64_t kPages = 32;

void run_guest(const Orders& orders, Process& process, Draw& draw) {
    const bool reference = !orders.kvm || draw.one_in(4);
    const Kvm kvm(Mmu{.reference = reference, .variant = 0});
    const BackingFile file(orders.directory, kPages);
    Guest guest(kvm, {.pages = kPages, .policy = VcpuThread::Policy::kNormal});
    process.shared().vms++;
    const Target target = reference ? Target::vm : Target::kvm_vm;
    const auto slot_number = static_cast<unsigned>(draw.below(kSlots));
    process.put(target, slot_number, dup(guest.vm().fd()));
    Memslot& slot = guest.add_memory(0, kPages, file.mapping().get());
    guest.start();
    guest.log().enable(slot);
    for (std::uint64_t round = 2 + draw.below(10); round > 0 && !process.shared().stop; round--) {
        guest.write(0, 0, kPages);
        static_cast<void>(guest.log().collect(slot));
        if (draw.one_in(3)) msync(file.mapping().get(), file.mapping().size(), MS_SYNC);
        if (draw.one_in(8)) madvise(file.mapping().get(), file.mapping().size(), MADV_PAGEOUT);
    }
    // Often the VM outlives its guest, by a descriptor that somebody else closes.
    if (draw.one_in(2))
        if (const int fd = process.take(target, slot_number); fd >= 0) close(fd);
}

}  // namespace

// What a guest says of a session that others spoil is noted, not judged: they may have closed its
// VM, or planted something.
void run_guests(const Orders& orders, Process& process, std::uint64_t seed) {
    Draw draw(seed);
    while (!process.shared().stop) {
        try {
            run_guest(orders, process, draw);
        } catch (const std::exception& error) {
            process.shared().guests_failed++;
            std::strncpy(process.shared().guest_failure.data(), error.what(),
                         process.shared().guest_failure.size() - 1);
            usleep(10'000);
        }
    }
}

}  // namespace mmuw::hammer
