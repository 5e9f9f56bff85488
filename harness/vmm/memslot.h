// SPDX-License-Identifier: GPL-2.0-only
// One memslot: guest physical pages backed by a host mapping.
#pragma once

#include <cstdint>

#include "vmm/vm.h"

namespace mmuw {

// Deleted with the object. The Vm must outlive it, and so must the mapping behind hva.
class Memslot {
  public:
    enum class Report : bool { kNo, kYes };  // to the VM's observer

    // hva page aligned; flags KVM_MEM_*. SysError(EEXIST) if the id or the gfns are taken.
    Memslot(Vm& vm, std::uint32_t id, std::uint64_t gfn, std::uint64_t pages, std::uint64_t hva,
            std::uint32_t flags = 0, Report report = Report::kYes);
    ~Memslot();
    Memslot(const Memslot&) = delete;
    Memslot& operator=(const Memslot&) = delete;

    // KVM_MEM_LOG_DIRTY_PAGES. Switching on write-protects (or clears D) and flushes before it
    // returns: kvm_arch_commit_memory_region. DirtyLog::enable does this and more.
    void set_log(bool on);
    // The same memory at another place in the guest. SysError(EEXIST) if it is taken.
    void move(std::uint64_t gfn);
    // Also done by the destructor, which cannot report errors. Does nothing the second time.
    void remove();

    [[nodiscard]] Vm& vm() const { return vm_; }
    [[nodiscard]] std::uint32_t id() const { return id_; }
    // What ioctls and rings name it by: with its address space.
    [[nodiscard]] std::uint32_t kvm_slot() const { return space_ << 16 | id_; }
    [[nodiscard]] std::uint32_t address_space() const { return space_; }
    [[nodiscard]] std::uint64_t gfn() const { return gfn_; }
    [[nodiscard]] std::uint64_t pages() const { return pages_; }
    [[nodiscard]] std::uint64_t hva() const { return hva_; }
    [[nodiscard]] std::uint32_t flags() const { return flags_; }
    [[nodiscard]] bool logged() const;
    // Never changes: asked by any thread.
    [[nodiscard]] bool read_only() const { return read_only_; }

  private:
    void change(std::uint64_t gfn, std::uint64_t pages, std::uint32_t flags, bool created);

    Vm& vm_;
    std::uint32_t space_;
    std::uint32_t id_;
    std::uint32_t flags_ = 0;
    std::uint64_t gfn_;
    std::uint64_t pages_;
    std::uint64_t hva_;
    Report report_;
    const bool read_only_;
    bool present_ = false;
};

}  // namespace mmuw
