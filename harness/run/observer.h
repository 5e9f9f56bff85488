// SPDX-License-Identifier: GPL-2.0-only
// Tells the witness what the VMM does.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "run/witnessed_file.h"
#include "vmm/observer.h"
#include "witness/witness.h"

namespace mmuw {

// For one VM. Memslots are looked up among the files to name what backs them.
class WitnessObserver : public VmObserver {
  public:
    struct Hooks {
        std::function<void()> started = [] {};
        // About to collect a log or to change a memslot (true), or done with it.
        std::function<void(bool)> calling = [](bool) {};
        bool disturbed = false;  // what a vCPU maps may be taken away again at once
    };
    WitnessObserver(Witness& witness, const WitnessedFiles& files, Hooks hooks)
        : witness_(witness), files_(files), hooks_(std::move(hooks)) {}

    [[nodiscard]] std::uint32_t vm() const { return vm_; }

    void vm_created(int vm_fd) override;
    void vm_closing(int vm_fd) override;
    void vcpus_started() override { hooks_.started(); }
    void before_memslot(const MemslotChange& change) override;
    void after_memslot(const MemslotChange& change) override;
    void before_collect(std::uint32_t slot) override;
    void after_collect(std::uint32_t slot, std::uint64_t gfn, const PageBitmap& logged) override;
    void prefaulted(std::uint64_t gfn, std::uint64_t pages) override;
    void call_failed(unsigned long request, int error) override;
    void ring_full(unsigned vcpu, std::uint64_t entries) override;
    bool stuck(unsigned vcpu, std::uint64_t ran, std::uint64_t enough) override;
    void backed_access_left(std::uint64_t gfn) override;

  private:
    void mark(const MemslotChange& change);

    Witness& witness_;
    const WitnessedFiles& files_;
    Hooks hooks_;
    std::uint32_t vm_ = 0;
};

}  // namespace mmuw
