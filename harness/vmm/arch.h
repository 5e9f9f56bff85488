// SPDX-License-Identifier: GPL-2.0-only
// What differs between architectures; implemented in vmm/<arch>/.
#pragma once

#include <linux/kvm.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vmm/kvm.h"

namespace mmuw {
class Vm;
class Vcpu;
}  // namespace mmuw

namespace mmuw::arch {

// Guest physical layout, in bytes. The payload runs with physical = virtual addresses.
std::uint64_t private_gpa();
std::uint64_t data_gpa();
std::uint64_t data_bytes();  // at most, behind data_gpa()

// Behind everything that a Guest uses: memslots may be made there, the guest does not look.
std::uint64_t spare_gpa();

// KVM_CREATE_VM's argument.
unsigned long vm_type(const Kvm& kvm);
// What a VM needs before its first vCPU.
void prepare_vm(Vm& vm);
// Fills the architecture's part at the beginning of the private slot (page tables).
void fill_private(std::span<std::byte> area);
// Ready to run `entry` (guest address) with `control` as its first argument.
void setup_vcpu(const Vm& vm, Vcpu& vcpu, std::uint64_t entry, std::uint64_t control);
// The current exit is the payload's doorbell.
bool is_doorbell(const Vcpu& vcpu);
// What goes with a memslot that is deleted or moved.
enum class SlotZap {
    kAll,    // all page tables of the VM
    kLeafs,  // the slot's own leaf entries
};
// From now on it is this. False: not with this KVM.
bool set_slot_zap(Vm& vm, SlotZap zap);
// A fault that meets a memslot which is being moved is repeated (KVM_MEMSLOT_INVALID in x86's
// kvm_faultin_pfn()); elsewhere it is MMIO for the moment.
bool faults_wait_for_moves();
// KVM_RUN ends with EFAULT when the VMM's mapping does not allow what the guest does; on LoongArch
// that is MMIO.
bool denies_accesses();
// Shadow page tables that KVM may have for the VM: it gives up others for new ones. It takes
// mmu_lock for writing, and does not flush if it has few enough. False: KVM has no such limit.
bool limit_page_tables(const Vm& vm, std::uint64_t tables);

// Before the first vCPU: KVM handles a vCPU's fault that has to wait for a page of the host's
// asynchronously, and the vCPU halts meanwhile. It takes a local APIC of KVM's. False: not with
// this KVM.
bool enable_async_faults(Vm& vm);
// Each vCPU of such a VM: it runs at once, and with interrupts on, of which there are none.
void allow_async_faults(const Vcpu& vcpu);

// A vCPU of such a VM, out of the guest: KVM tells it of such faults in guest::AsyncFaults at gpa,
// and lets it go on; or no more.
void tell_async_faults(const Vcpu& vcpu, std::uint64_t gpa, bool tell);

// In system management mode from now on; before its first KVM_RUN. False: not with this KVM.
bool enter_smm(const Vm& vm, const Vcpu& vcpu);

// A system management interrupt. KVM writes the vCPU's registers to guest memory, in the second
// address space, and reads them from there when the vCPU comes back.
struct Smi {
    std::uint64_t bytes;                  // of memory that it needs, from its base on
    std::uint64_t state, state_bytes;     // in there: where the registers go
    std::uint64_t code;                   // in there: what is executed ...
    std::array<std::byte, 2> comes_back;  // ... and what to have there, to come back at once
};
// Nothing: not with this KVM.
std::optional<Smi> smi(const Kvm& kvm);
// The vCPU is out of the guest. From its base on there is memory.
void set_smi_base(const Vcpu& vcpu, std::uint64_t gpa);
// Before the guest's next instruction.
void raise_smi(const Vcpu& vcpu);

// The setting of the machine that has to be 1 for KVM to emulate what a guest asks to be emulated
// (guest::Op::kWriteEmulated and the like). Empty: not on this architecture.
std::string emulation_setting();

// The bytes that the vCPU has left for: KVM stores them where the guest wants them
// (guest::Op::kReadPort). Empty: it has left for something else.
std::span<std::byte> wanted_data(kvm_run& run);
// Guests can ask for some.
bool has_data_port(const Kvm& kvm);

// What KVM itself writes into guest memory, at a multiple of 64.
struct OwnWrite {
    void (*begin)(const Vcpu& vcpu, std::uint64_t gpa);
    // Written, not necessarily changed, by the end of the next KVM_RUN.
    void (*again)(const Vcpu& vcpu);
    void (*end)(const Vcpu& vcpu) = nullptr;  // not to be written any more
    std::uint64_t bytes = 64;                 // 64 at most
    // It may be so many bytes before the end of a page as well: these change with each write, and
    // what is behind them, in the next page, is not all zero. 0: it may not.
    std::uint64_t before_end = 0;
    bool may_end_page = false;                // its end may be the page's
    bool (*there)(const Kvm& kvm) = nullptr;  // does this KVM have it? nullptr: all do
    bool stays = false;                       // it begins once, and then is where it is
    // It begins with a page of its own, and is there in it.
    std::optional<std::uint64_t> at = {};
    bool with_last = false;              // ... which is that of the one before this
    bool may_be_same = false;            // what is written may be what was there
    std::optional<std::byte> fill = {};  // to be there before, to tell what is written from it
    // false: it is in no log. The VMM has to know that it may have been written.
    bool logged = true;
    // false: `again` may have nothing to write.
    bool sure = true;
    // Where it has 32 bits that are odd while it is being written, and even when that is done.
    std::optional<std::size_t> version = {};
};
enum class OwnWriter {
    kKvm,  // for a guest of KVM's or Hyper-V's interface
    kXen,  // of Xen's (x86)
};
std::vector<OwnWrite> own_writes(const Kvm& kvm, OwnWriter writer);

// A lane's worth of code that returns `value` (guest::Op::kExecute). Nothing: this architecture's
// instruction caches want to be told of new code.
std::optional<std::uint64_t> code_that_returns(std::uint32_t value);

// Page tables that the guest keeps itself, for 1 GiB of guest addresses: an upper table, whose 512
// entries stand for 2 MB each, and lower ones, whose 512 entries stand for 4 KB each.
struct OwnTables {
    static constexpr std::uint64_t kEntries = 512, kPageBytes = 4096;
    std::uint64_t address;  // where the range begins
    // What fill_private() filled leads to the upper table at gpa from now on.
    void (*link)(std::span<std::byte> area, std::uint64_t gpa);
    // An upper entry: the lower table at gpa. What is not writable here is so nowhere in it.
    std::uint64_t (*table)(std::uint64_t gpa, bool writable);
    // Of memory at gpa, not accessed and not written yet. huge: an upper entry.
    std::uint64_t (*leaf)(std::uint64_t gpa, bool huge, bool writable);
    // The same entry after the CPU has walked it for accesses, of which one was a write.
    std::uint64_t (*walked)(std::uint64_t entry, bool write);
    // Before an entry leads elsewhere it is 0, and all CPUs have forgotten what it was (arm64's
    // break-before-make).
    bool zero_first;
    bool (*done_by)(const Vcpu& vcpu);  // does this CPU write accesses into tables?
    // A leaf may have in it a number up to this one, times a bit above all others: the CPU ignores
    // it.
    std::uint64_t ignored_most, ignored_bit;
};
// Nothing: not done for this architecture, or the host's pages have another size.
std::optional<OwnTables> own_tables();

// A guest that the guest runs itself, with nested page tables that lead it to the same addresses.
struct NestedGuest {
    enum class Does { kStore, kLoad, kWait };  // at the address that it is given; until it is not 0
    // The vCPU may run one from now on; the CPU has the page at gpa for itself.
    void (*allow)(const Vcpu& vcpu, std::uint64_t gpa);
    // Its code, anywhere in a page.
    void (*write_code)(std::span<std::byte> page);
    // The nested page tables, at gpa: bytes that nobody else uses. A table that the guest's own CPU
    // walks as well is written to by that, and KVM then drops what it has for it.
    // The first data pages have a table of small entries, one for each, in page `small_table`. The
    // first entry of page `upper_table` leads to it, or to all of them as a huge page.
    std::size_t tables_bytes;
    std::uint64_t small_table, upper_table;
    void (*write_tables)(std::span<std::byte> tables, std::uint64_t gpa);
    std::uint64_t (*entry)(std::uint64_t gpa, bool writable);
    std::uint64_t (*upper_entry)(std::uint64_t gpa, bool huge);
    // Before each time that it runs; it ends when it has done it.
    void (*prepare)(std::span<std::byte> control, std::uint64_t code_gpa, std::uint64_t tables_gpa,
                    Does does);
    // Why it has not; empty: it has.
    std::string (*why_not_done)(std::span<const std::byte> control);
    // An access that the nested tables do not allow, if it ended with that.
    struct Fault {
        std::uint64_t gpa;
        bool write, present;  // present: there is an entry
    };
    std::optional<Fault> (*fault)(std::span<const std::byte> control);
};
// Nothing: not with this KVM.
std::optional<NestedGuest> nested_guest(const Kvm& kvm);

// Files of settings, and values with which KVM lets guests execute in small pages only, and makes
// huge ones of them again at once. Nothing: there are none.
struct Setting {
    const char *path, *value;
};
std::vector<Setting> no_huge_code();

// For a log KVM splits huge SPTEs when it is switched on or cleared, or by the first write to each.
// This is the way that is not its usual one, for a VM that has no memslot yet. False: not with this
// KVM, or it is the machine that has to be set up so.
bool split_otherwise(Vm& vm);
// That: nothing, where a VM can choose.
std::optional<Setting> split_otherwise_setting();

// That the vCPU was in when it left for userspace: Vm::use_address_space().
std::uint32_t address_space_of(const kvm_run& run);
// Registers, for error messages; never throws.
std::string describe(const Vcpu& vcpu) noexcept;
// So many addresses of pages that it wrote to a vCPU keeps back from every log until it exits
// (Intel's PML); 0: none. KVM leaves as much room in a ring.
std::uint32_t log_buffer_entries(const Kvm& kvm);
// Why KVM, as it is set up now, reports no changes of SPTEs; empty: it does.
std::string why_no_spte_events();

}  // namespace mmuw::arch
