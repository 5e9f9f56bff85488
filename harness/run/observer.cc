// SPDX-License-Identifier: GPL-2.0-only
#include "run/observer.h"

#include <linux/kvm.h>

#include <vector>

namespace mmuw {

namespace {

bool logging_starts(const MemslotChange& change) {
    return !change.created && (change.flags & ~change.old_flags & KVM_MEM_LOG_DIRTY_PAGES) != 0;
}

}  // namespace

void WitnessObserver::vm_created(int vm_fd) {
    vm_ = witness_.add_vm(vm_fd);
}

// The session holds the VM: without this it would outlive its owner.
void WitnessObserver::vm_closing(int /*vm_fd*/) {
    if (vm_ != 0) witness_.del_vm(vm_);
    vm_ = 0;
}

void WitnessObserver::mark(const MemslotChange& change) {
    const BackingPage backing = files_.find(change.hva);
    witness_.mark(vm_, mark::Memslot{.slot = change.slot,
                                     .flags = change.flags,
                                     .gfn = change.gfn,
                                     .pages = change.pages,
                                     .hva = change.hva,
                                     .file = backing.file,
                                     .page = static_cast<std::uint32_t>(backing.page)});
}

// A rule may ask for logging only of faults that began when it was on for certain.
void WitnessObserver::before_memslot(const MemslotChange& change) {
    if (!logging_starts(change)) mark(change);
    hooks_.calling(true);
}

void WitnessObserver::after_memslot(const MemslotChange& change) {
    hooks_.calling(false);
    if (logging_starts(change)) mark(change);
}

void WitnessObserver::before_collect(std::uint32_t slot) {
    witness_.mark(vm_, mark::CollectBegin{.slot = slot});
    hooks_.calling(true);
}

void WitnessObserver::after_collect(std::uint32_t slot, std::uint64_t gfn,
                                    const PageBitmap& logged) {
    hooks_.calling(false);
    std::vector<mmuwitness_mark> marks;
    for (std::uint64_t i = 0; i < logged.words().size(); i++)
        if (logged.words()[i] != 0)
            marks.push_back(make_mark(
                vm_, mark::Logged{.slot = slot, .gfn = gfn + i * 64, .bits = logged.words()[i]}));
    marks.push_back(make_mark(vm_, mark::CollectEnd{.slot = slot}));
    witness_.marks(marks);
}

void WitnessObserver::prefaulted(std::uint64_t gfn, std::uint64_t pages) {
    witness_.mark(vm_, mark::Prefaulted{.gfn = gfn, .pages = pages});
}

void WitnessObserver::call_failed(unsigned long request, int error) {
    witness_.mark(vm_, mark::Failed{.call = request, .error = static_cast<std::uint64_t>(error)});
}

void WitnessObserver::ring_full(unsigned vcpu, std::uint64_t entries) {
    witness_.mark(vm_, mark::RingFull{.vcpu = vcpu, .entries = entries});
}

bool WitnessObserver::stuck(unsigned vcpu, std::uint64_t ran, std::uint64_t enough) {
    if (hooks_.disturbed) return false;
    witness_.mark(vm_, mark::Stuck{.vcpu = vcpu, .ran = ran, .enough = enough});
    return true;
}

void WitnessObserver::backed_access_left(std::uint64_t gfn) {
    witness_.mark(vm_, mark::Backed{.gfn = gfn, .exits = 1});
}

}  // namespace mmuw
