// SPDX-License-Identifier: GPL-2.0-only
#include "trace/fields.h"

#include <linux/kvm.h>

#include <algorithm>
#include <array>
#include <cstddef>

#include "trace/symbols.h"

namespace mmuw {
namespace {

constexpr Symbol ioctl_names[] = {{"KVM_GET_DIRTY_LOG", KVM_GET_DIRTY_LOG},
                                  {"KVM_CLEAR_DIRTY_LOG", KVM_CLEAR_DIRTY_LOG},
                                  {"KVM_RESET_DIRTY_RINGS", KVM_RESET_DIRTY_RINGS},
                                  {"KVM_SET_USER_MEMORY_REGION", KVM_SET_USER_MEMORY_REGION},
                                  {"KVM_SET_USER_MEMORY_REGION2", KVM_SET_USER_MEMORY_REGION2}};

template <typename T>
constexpr Field field(const char* name, size_t offset, Show show,
                      std::span<const Symbol> symbols = {}) {
    return {name, static_cast<uint16_t>(offset), sizeof(T), 1, std::is_signed_v<T>, show, symbols};
}

// NOLINTBEGIN(cppcoreguidelines-macro-usage): offsetof through a union member's name.
#define F(name, member, ...) \
    field<decltype(Event::member)>(name, offsetof(Event, member), __VA_ARGS__)

constexpr Field common[] = {F("seq", seq, Show::dec), F("ns", ns, Show::dec)};
constexpr Field notifier[] = {F("phase", notifier.phase, Show::names, symbols::notifier_phase),
                              F("event", notifier.event, Show::names, symbols::notifier_event),
                              F("start", notifier.start, Show::hex),
                              F("end", notifier.end, Show::hex),
                              F("blockable", notifier.blockable, Show::dec)};
constexpr Field vm_ioctl[] = {
    F("vm", vm_ioctl.vm, Show::dec), F("phase", vm_ioctl.phase, Show::names, symbols::phase),
    F("cmd", vm_ioctl.cmd, Show::names, ioctl_names), F("ret", vm_ioctl.ret, Show::dec)};
constexpr Field vcpu_run[] = {F("vm", vcpu_run.vm, Show::dec), F("vcpu", vcpu_run.vcpu, Show::dec),
                              F("phase", vcpu_run.phase, Show::names, symbols::phase),
                              F("ret", vcpu_run.ret, Show::dec)};
constexpr Field log_mark[] = {F("vm", log_mark.vm, Show::dec),
                              F("vcpu", log_mark.vcpu, Show::dec),
                              F("slot", log_mark.slot, Show::dec),
                              F("gfn", log_mark.gfn, Show::hex),
                              F("logging", log_mark.logging, Show::dec),
                              F("lock", log_mark.lock, Show::names, symbols::lock)};
constexpr Field ring[] = {F("vm", ring.vm, Show::dec), F("vcpu", ring.vcpu, Show::dec),
                          F("op", ring.op, Show::names, symbols::ring_op),
                          F("slot", ring.slot, Show::dec), F("offset", ring.offset, Show::hex)};
constexpr Field spte[] = {F("vm", spte.vm, Show::dec),
                          F("vcpu", spte.vcpu, Show::dec),
                          F("as_id", spte.as_id, Show::dec),
                          F("gfn", spte.gfn, Show::hex),
                          F("level", spte.level, Show::dec),
                          F("fast", spte.fast, Show::dec),
                          F("bits_old", spte.bits_old, Show::letters, symbols::spte_bits),
                          F("bits_new", spte.bits_new, Show::letters, symbols::spte_bits),
                          F("old_spte", spte.old_spte, Show::hex),
                          F("new_spte", spte.new_spte, Show::hex),
                          F("file", spte.file, Show::dec),
                          F("index", spte.index, Show::hex),
                          F("page", spte.page, Show::flags, symbols::page_flags),
                          F("lock", spte.lock, Show::names, symbols::lock),
                          F("inv_seq", spte.inv_seq, Show::dec),
                          F("inv_in_progress", spte.inv_in_progress, Show::dec),
                          F("inv_start", spte.inv_start, Show::hex),
                          F("inv_end", spte.inv_end, Show::hex)};
constexpr Field fault[] = {F("vm", fault.vm, Show::dec),
                           F("vcpu", fault.vcpu, Show::dec),
                           F("phase", fault.phase, Show::names, symbols::fault_phase),
                           F("gfn", fault.gfn, Show::hex),
                           F("write", fault.write, Show::dec),
                           F("error_code", fault.error_code, Show::hex),
                           F("inv_seq", fault.inv_seq, Show::dec),
                           F("inv_in_progress", fault.inv_in_progress, Show::dec)};
constexpr Field tlb_flush[] = {
    F("gfn", tlb_flush.gfn, Show::hex), F("pages", tlb_flush.pages, Show::dec),
    F("vm", tlb_flush.vm, Show::dec), F("vcpu", tlb_flush.vcpu, Show::dec),
    F("phase", tlb_flush.phase, Show::names, symbols::flush_phase)};
constexpr Field folio[] = {F("op", folio.op, Show::names, symbols::folio_op),
                           F("file", folio.file, Show::dec),
                           F("index", folio.index, Show::hex),
                           F("pages", folio.pages, Show::dec),
                           F("page", folio.page, Show::flags, symbols::page_flags),
                           F("vm", folio.vm, Show::dec),
                           F("vcpu", folio.vcpu, Show::dec),
                           F("lock", folio.lock, Show::names, symbols::lock),
                           F("ret", folio.ret, Show::dec)};
constexpr Field page_state[] = {F("file", page_state.file, Show::dec),
                                F("index", page_state.index, Show::hex),
                                F("page", page_state.page, Show::flags, symbols::page_flags)};
constexpr Field mark[] = {
    F("kind", mark.kind, Show::names, symbols::mark_kind),
    F("vm", mark.vm, Show::dec),
    {"a", offsetof(Event, mark.a), sizeof(uint64_t), 6, false, Show::args, {}}};
constexpr Field note[] = {
    F("kind", note.kind, Show::names, symbols::note_kind),
    {"text", offsetof(Event, note.text), MMUWITNESS_TEXT_LEN, 1, false, Show::text, {}}};
constexpr Field plant[] = {
    {"name", offsetof(Event, plant.name), MMUWITNESS_NAME_LEN, 1, false, Show::text, {}},
    F("vm", plant.vm, Show::dec),
    F("arg", plant.arg, Show::hex)};

constexpr Field gate[] = {
    F("id", gate.id, Show::dec),       F("phase", gate.phase, Show::names, symbols::gate_phase),
    F("point", gate.point, Show::dec), F("vm", gate.vm, Show::dec),
    F("vcpu", gate.vcpu, Show::dec),   F("held_ns", gate.held_ns, Show::dec)};
constexpr Field young[] = {F("vm", young.vm, Show::dec),
                           F("op", young.op, Show::names, symbols::young_op),
                           F("phase", young.phase, Show::names, symbols::phase),
                           F("start", young.start, Show::hex),
                           F("end", young.end, Show::hex),
                           F("promised", young.promised, Show::dec),
                           F("young", young.young, Show::dec)};
constexpr Field prefault[] = {F("vm", prefault.vm, Show::dec), F("vcpu", prefault.vcpu, Show::dec),
                              F("phase", prefault.phase, Show::names, symbols::phase),
                              F("gfn", prefault.gfn, Show::hex), F("ret", prefault.ret, Show::dec)};
constexpr Field ksm[] = {F("phase", ksm.phase, Show::names, symbols::phase),
                         F("ret", ksm.ret, Show::dec)};
constexpr Field change_pte[] = {F("address", change_pte.address, Show::hex)};

#define K(name, fields, member) \
    {name, fields, static_cast<uint16_t>(offsetof(Event, member) + sizeof(Event::member))}

constexpr std::array<KindInfo, kKinds> kinds = {
    {K("notifier", notifier, notifier), K("vm_ioctl", vm_ioctl, vm_ioctl),
     K("vcpu_run", vcpu_run, vcpu_run), K("log_mark", log_mark, log_mark), K("ring", ring, ring),
     K("spte", spte, spte), K("fault", fault, fault), K("tlb_flush", tlb_flush, tlb_flush),
     K("folio", folio, folio), K("page_state", page_state, page_state), K("mark", mark, mark),
     K("note", note, note), K("plant", plant, plant), K("gate", gate, gate),
     K("young", young, young), K("prefault", prefault, prefault), K("ksm", ksm, ksm),
     K("change_pte", change_pte, change_pte)}};
#undef K
#undef F
// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr MarkArg memslot[] = {{"slot", 0, 0, 64},  {"flags", 1, 0, 64}, {"gfn", 2, 0, 64},
                               {"pages", 3, 0, 64}, {"hva", 4, 0, 64},   {"file", 5, 32, 32},
                               {"page", 5, 0, 32}};
constexpr MarkArg range[] = {
    {"file", 0, 0, 64}, {"page", 1, 0, 64}, {"pages", 2, 0, 64}, {"sync", 3, 0, 64}};
constexpr MarkArg sync_end[] = {{"file", 0, 0, 64},
                                {"page", 1, 0, 64},
                                {"pages", 2, 0, 64},
                                {"sync", 3, 0, 64},
                                {"result", 4, 0, 64}};
constexpr MarkArg stamp[] = {
    {"file", 0, 0, 64}, {"page", 1, 0, 64}, {"lane", 2, 0, 64}, {"stamp", 3, 0, 64}};
constexpr MarkArg slot[] = {{"slot", 0, 0, 64}};
constexpr MarkArg logged[] = {{"slot", 0, 0, 64}, {"gfn", 1, 0, 64}, {"bits", 2, 0, 64}};
constexpr MarkArg wrote[] = {{"slot", 0, 0, 64}, {"gfn", 1, 0, 64}, {"vcpu", 2, 0, 64}};
constexpr MarkArg untouched[] = {{"slot", 0, 0, 64}, {"gfn", 1, 0, 64}, {"pages", 2, 0, 64}};
constexpr MarkArg copy[] = {{"slot", 0, 0, 64},
                            {"gfn", 1, 0, 64},
                            {"lane", 2, 0, 64},
                            {"copy", 3, 0, 64},
                            {"memory", 4, 0, 64}};
constexpr MarkArg left[] = {{"what", 0, 0, 64}, {"count", 1, 0, 64}};
constexpr MarkArg kernel_log[] = {
    {"lines", 0, 0, 64}, {"suspicious", 1, 0, 64}, {"taint", 2, 0, 64}};
constexpr MarkArg trial[] = {{"met", 0, 0, 64}};
constexpr MarkArg gone[] = {
    {"slot", 0, 0, 64}, {"gfn", 1, 0, 64}, {"exits", 2, 0, 64}, {"reached", 3, 0, 64}};

constexpr MarkArg seen[] = {{"slot", 0, 0, 64}, {"gfn", 1, 0, 64},    {"lane", 2, 0, 64},
                            {"seen", 3, 0, 64}, {"expect", 4, 0, 64}, {"side", 5, 0, 64}};

}  // namespace

const KindInfo& kind_info(Kind kind) {
    return kinds[static_cast<size_t>(kind)];
}

std::optional<Kind> kind_by_name(std::string_view name) {
    const auto* it = std::ranges::find(kinds, name, &KindInfo::name);
    if (it == kinds.end()) return std::nullopt;
    return static_cast<Kind>(it - kinds.begin());
}

std::span<const Field> common_fields() {
    return common;
}
std::span<const Symbol> mark_kinds() {
    return symbols::mark_kind;
}
std::span<const Symbol> sync_names() {
    return symbols::sync;
}

std::span<const MarkArg> mark_args(uint32_t mark_kind) {
    switch (mark_kind) {
        case MMUWITNESS_MARK_MEMSLOT:
            return memslot;
        case MMUWITNESS_MARK_SYNC_BEGIN:
        case MMUWITNESS_MARK_SETTLED:
            return range;
        case MMUWITNESS_MARK_SYNC_END:
            return sync_end;
        case MMUWITNESS_MARK_EXPECT:
        case MMUWITNESS_MARK_DISK:
            return stamp;
        case MMUWITNESS_MARK_COLLECT_BEGIN:
        case MMUWITNESS_MARK_COLLECT_END:
            return slot;
        case MMUWITNESS_MARK_LOGGED:
            return logged;
        case MMUWITNESS_MARK_WROTE:
            return wrote;
        case MMUWITNESS_MARK_UNTOUCHED:
        case MMUWITNESS_MARK_TOUCHED:
            return untouched;
        case MMUWITNESS_MARK_SEEN:
            return seen;
        case MMUWITNESS_MARK_COPY:
            return copy;
        case MMUWITNESS_MARK_LEFT:
            return left;
        case MMUWITNESS_MARK_KERNEL_LOG:
            return kernel_log;
        case MMUWITNESS_MARK_TRIAL:
            return trial;
        case MMUWITNESS_MARK_GONE:
            return gone;
        default:
            return {};
    }
}

uint64_t field_get(const Event& e, const Field& f, unsigned element) {
    const auto* from = reinterpret_cast<const std::byte*>(&e) + f.offset + size_t{f.size} * element;
    uint64_t value = 0;
    // Little endian hosts only, as the recordings are: the low bytes come first.
    std::memcpy(&value, from, f.size);
    if (f.is_signed && f.size < sizeof value) {
        const unsigned shift = 64 - 8 * f.size;
        value = static_cast<uint64_t>(static_cast<int64_t>(value << shift) >> shift);
    }
    return value;
}

void field_set(Event& e, const Field& f, uint64_t value, unsigned element) {
    std::memcpy(reinterpret_cast<std::byte*>(&e) + f.offset + size_t{f.size} * element, &value,
                f.size);
}

uint64_t field_default(const Field& f) {
    return f.is_signed && std::string_view(f.name) == "vcpu" ? ~uint64_t{0} : 0;
}

}  // namespace mmuw
