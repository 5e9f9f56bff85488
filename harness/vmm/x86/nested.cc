// SPDX-License-Identifier: GPL-2.0-only
// A guest's guest by SVM: AMD64 Architecture Programmer's Manual, volume 2, appendix B (VMCB).
#include <linux/kvm.h>

#include <cstring>
#include <format>
#include <vector>

#include "vmm/arch.h"
#include "vmm/vcpu.h"
#include "vmm/x86/msr.h"
#include "vmm/x86/page_tables.h"

namespace mmuw::arch {
namespace {

constexpr std::uint32_t kHostSave = 0xc0010117;  // MSR VM_HSAVE_PA
constexpr std::uint64_t kSvmEnabled = 1 << 12;   // EFER.SVME

// Offsets.
namespace vmcb {
constexpr std::size_t kIntercepts = 0x10, kAsid = 0x58, kTlbControl = 0x5c, kExitCode = 0x70,
                      kExitInfo = 0x78, kExitAddress = 0x80, kNested = 0x90, kNestedCr3 = 0xb0,
                      kSegments = 0x400, kGdtr = 0x460, kEfer = 0x4d0, kCr4 = 0x548, kCr3 = 0x550,
                      kCr0 = 0x558, kDr7 = 0x560, kDr6 = 0x568, kRflags = 0x570, kRip = 0x578,
                      kRsp = 0x5d8, kPat = 0x668;
}  // namespace vmcb
constexpr std::uint32_t kInterceptVmrun = 1 << 0, kInterceptVmmcall = 1 << 1;
constexpr std::uint64_t kExitVmmcall = 0x81, kExitNestedFault = 0x400;
constexpr std::byte kFlushAll{1};
constexpr std::uint64_t kNestedPaging = 1;

// RBX: an address; RCX: a value. Each ends with VMMCALL.
constexpr unsigned char kStoreCode[] = {0x48, 0x89, 0x0b, 0x0f, 0x01, 0xd9};
constexpr unsigned char kLoadCode[] = {0x48, 0x8b, 0x0b, 0x0f, 0x01, 0xd9};
constexpr unsigned char kWaitCode[] = {0x48, 0x8b, 0x0b, 0x48, 0x85, 0xc9,
                                       0x74, 0xf8, 0x0f, 0x01, 0xd9};
constexpr std::size_t kLoadAt = 16, kWaitAt = 32;  // in the page of code

template <typename T>
void put(std::span<std::byte> control, std::size_t offset, T value) {
    std::memcpy(control.data() + offset, &value, sizeof value);
}

void allow_nested(const Vcpu& vcpu, std::uint64_t gpa) {
    kvm_sregs sregs{};
    vcpu.control(KVM_GET_SREGS, &sregs, "KVM_GET_SREGS");
    sregs.efer |= kSvmEnabled;
    vcpu.control(KVM_SET_SREGS, &sregs, "KVM_SET_SREGS");
    x86::set_msr(vcpu, kHostSave, gpa);
}

void write_nested_code(std::span<std::byte> page) {
    std::memcpy(page.data(), kStoreCode, sizeof kStoreCode);
    std::memcpy(page.data() + kLoadAt, kLoadCode, sizeof kLoadCode);
    std::memcpy(page.data() + kWaitAt, kWaitCode, sizeof kWaitCode);
}

std::size_t where(NestedGuest::Does does) {
    if (does == NestedGuest::Does::kStore) return 0;
    return does == NestedGuest::Does::kLoad ? kLoadAt : kWaitAt;
}

// 64-bit mode as the guest's own, in its page tables.
void prepare_nested(std::span<std::byte> control, std::uint64_t code_gpa, std::uint64_t tables_gpa,
                    NestedGuest::Does does) {
    std::memset(control.data(), 0, control.size());
    put(control, vmcb::kIntercepts, kInterceptVmrun | kInterceptVmmcall);
    put(control, vmcb::kAsid, std::uint32_t{1});
    put(control, vmcb::kTlbControl, kFlushAll);
    put(control, vmcb::kNested, kNestedPaging);
    put(control, vmcb::kNestedCr3, tables_gpa);
    constexpr std::uint16_t kCodeSegment = 0xa9b, kDataSegment = 0xc93;  // attributes
    for (std::size_t i = 0; i < 4; i++) {                                // ES, CS, SS, DS
        put(control, vmcb::kSegments + 16 * i + 2, i == 1 ? kCodeSegment : kDataSegment);
        put(control, vmcb::kSegments + 16 * i + 4, ~std::uint32_t{0});
    }
    put(control, vmcb::kGdtr + 4, std::uint32_t{0xffff});
    put(control, vmcb::kEfer, kSvmEnabled | 0x500);  // LMA LME
    put(control, vmcb::kCr4, std::uint64_t{0x20});
    put(control, vmcb::kCr3, private_gpa());
    put(control, vmcb::kCr0, std::uint64_t{0x80010033});
    put(control, vmcb::kDr7, std::uint64_t{0x400});
    put(control, vmcb::kDr6, std::uint64_t{0xffff0ff0});
    put(control, vmcb::kRflags, std::uint64_t{2});
    put(control, vmcb::kRip, code_gpa + where(does));
    put(control, vmcb::kRsp, code_gpa);
    put(control, vmcb::kPat, std::uint64_t{0x0007040600070406});
}

std::uint64_t get(std::span<const std::byte> control, std::size_t offset) {
    std::uint64_t value = 0;
    std::memcpy(&value, control.data() + offset, sizeof value);
    return value;
}

std::string why_nested_not_done(std::span<const std::byte> control) {
    const std::uint64_t code = get(control, vmcb::kExitCode);
    if (code == kExitVmmcall) return {};
    return std::format("the guest's guest ended with exit code {:#x}", code);
}

std::optional<NestedGuest::Fault> nested_fault(std::span<const std::byte> control) {
    constexpr std::uint64_t kPresent = 1 << 0, kWrite = 1 << 1;
    if (get(control, vmcb::kExitCode) != kExitNestedFault) return {};
    const std::uint64_t info = get(control, vmcb::kExitInfo);
    return NestedGuest::Fault{.gpa = get(control, vmcb::kExitAddress),
                              .write = (info & kWrite) != 0,
                              .present = (info & kPresent) != 0};
}

void write_nested_tables(std::span<std::byte> tables, std::uint64_t gpa) {
    x86::fill_identity_tables(tables, gpa);
    x86::add_small_table(tables, gpa, data_gpa());
}

// Of CPUID's function: ECX and EDX.
std::pair<std::uint32_t, std::uint32_t> features(const Kvm& kvm, std::uint32_t function) {
    constexpr std::uint32_t kEntries = 256;
    std::vector<std::byte> memory(sizeof(kvm_cpuid2) + kEntries * sizeof(kvm_cpuid_entry2));
    auto* cpuid = reinterpret_cast<kvm_cpuid2*>(memory.data());
    cpuid->nent = kEntries;
    kvm_ioctl(kvm.fd(), KVM_GET_SUPPORTED_CPUID, cpuid, "KVM_GET_SUPPORTED_CPUID");
    for (std::uint32_t i = 0; i < cpuid->nent; i++)
        if (cpuid->entries[i].function == function)
            return {cpuid->entries[i].ecx, cpuid->entries[i].edx};
    return {};
}

}  // namespace

std::optional<NestedGuest> nested_guest(const Kvm& kvm) {
    constexpr std::uint32_t kSvm = 1 << 2, kNestedPages = 1 << 0;
    if (kvm.mmu().reference || (features(kvm, 0x80000001).first & kSvm) == 0 ||
        (features(kvm, 0x8000000a).second & kNestedPages) == 0)
        return {};
    return NestedGuest{.allow = allow_nested,
                       .write_code = write_nested_code,
                       .tables_bytes = x86::kIdentityTableBytes + 0x1000,
                       .small_table = x86::kSmallTable,
                       .upper_table = x86::directory_of(data_gpa()),
                       .write_tables = write_nested_tables,
                       .entry = x86::small_entry,
                       .upper_entry = x86::directory_entry,
                       .prepare = prepare_nested,
                       .why_not_done = why_nested_not_done,
                       .fault = nested_fault};
}

}  // namespace mmuw::arch
