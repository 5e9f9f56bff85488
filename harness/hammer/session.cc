// SPDX-License-Identifier: GPL-2.0-only
#include "hammer/session.h"

#include <sys/mman.h>

#include <chrono>
#include <system_error>
#include <thread>

#include "kmod/uapi/reference.h"

namespace mmuw::hammer {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kPages = 32;

// A killed harness' last thread may take a moment to close what it had.
Device open_device() {
    const auto end = std::chrono::steady_clock::now() + 10s;
    for (;;) try {
            return {};
        } catch (const std::exception&) {
            if (std::chrono::steady_clock::now() >= end) throw;
            std::this_thread::sleep_for(1ms);
        }
}

}  // namespace

const std::vector<std::string>& harmless_plants() {
    static const std::vector<std::string> names = {
        "log-mark-skipped",     "log-mark-next-gfn",      "ring-push-dropped",
        "ring-reset-dropped",   "kvm-dirty-skipped",      "flush-skipped-in-log-collection",
        "aging-says-not-young", "aging-never-flushes",    "flush-skipped-in-log-enable",
        "aging-always-flushes", "invalidate-ended-early", "sequence-not-advanced",
    };
    return names;
}

Session::Session(const Orders& orders, Draw& draw)
    : orders_(orders),
      mmu_{.reference = !orders.kvm || draw.one_in(3),
           .variant =
               static_cast<unsigned>(draw.below(MMUWITNESS_REF_LONGTERM_PIN))},  // it refuses files
      device_(open_device()) {
    if (draw.one_in(8) && orders.kvm) {
        const Plant& plant = draw.among(device_.plants());
        if (plant.available && std::ranges::contains(harmless_plants(), plant.name)) {
            device_.plant(plant.name, Device::PlantFor::kEveryVm);
            device_.remove_plant();
        }
    }
    device_.start(mmu_.reference ? MMUWITNESS_MMU_REFERENCE : MMUWITNESS_MMU_KVM);
}

void Session::set_gate(Draw& draw) {
    const auto points = device_.points();
    const auto pass = [&](const Point& point) {
        return mmuwitness_pass{.point = point.id,
                               .vcpu = MMUWITNESS_ANY_VCPU,
                               .vm = 0,
                               .file = 0,
                               .where = MMUWITNESS_ANYWHERE};
    };
    const Point &hold = draw.among(points), &until = draw.among(points);
    if (!hold.available || !until.available) return;
    gate_ = device_.set_gate(pass(hold), pass(until), draw.below(20ms) + 1us,
                             static_cast<std::uint32_t>(1 + draw.below(5)));
}

void Session::fill(Draw& draw) {
    if (draw.one_in(2)) {
        file_ = std::make_unique<BackingFile>(orders_.directory, kPages);
        file_id_ = device_.add_file(file_->fd());
    }
    if (file_ && draw.one_in(2)) {
        kvm_ = std::make_unique<Kvm>(mmu_);
        guest_ = std::make_unique<Guest>(*kvm_, GuestConfig{.pages = kPages});
        vm_id_ = device_.add_vm(guest_->vm().fd());
    }
    if (draw.one_in(2)) set_gate(draw);
    if (draw.one_in(4)) {
        const auto plants = device_.plants();
        const Plant& plant = draw.among(plants);
        planted_ = plant.available && std::ranges::contains(harmless_plants(), plant.name);
        if (planted_) device_.plant(plant.name);
    }
    device_.note(note::Host{.key = "hammer", .value = "1"});
    device_.mark(0, mark::Trial{.met = draw.below(3)});
    if (file_) static_cast<void>(device_.page_state(file_id_, 0, kPages));
}

void Session::work(Draw& draw) {
    if (!guest_) return;
    Memslot& slot = guest_->add_memory(0, kPages, file_->mapping().get());
    guest_->start();
    guest_->log().enable(slot);
    for (std::uint64_t round = 1 + draw.below(8); round > 0; round--) {
        guest_->write(0, 0, kPages);
        static_cast<void>(guest_->log().collect(slot));
        if (draw.one_in(3)) msync(file_->mapping().get(), file_->mapping().size(), MS_SYNC);
    }
}

void Session::empty(Draw& draw) {
    if (gate_ != 0 && draw.one_in(2)) device_.clear_gate(gate_);
    if (planted_ && draw.one_in(2)) device_.remove_plant();
    if (vm_id_ != 0 && draw.one_in(2)) device_.del_vm(vm_id_);
    if (guest_ && draw.one_in(2)) guest_.reset();
    if (file_id_ != 0 && draw.one_in(2)) device_.del_file(file_id_);
}

}  // namespace mmuw::hammer
