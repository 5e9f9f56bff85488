// SPDX-License-Identifier: GPL-2.0-only
#include "trace/decoder.h"

#include <traceevent/event-parse.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "trace/fields.h"

namespace mmuw {
namespace {

struct TepFree {
    void operator()(tep_handle* t) const { tep_free(t); }
};

std::string type_of(int bytes, bool is_signed, bool is_number) {
    return is_number ? std::format("{}{}", is_signed ? 's' : 'u', 8 * bytes)
                     : std::format("{} bytes", bytes);
}

}  // namespace

// The module lays its records out as Event is laid out: most of an event is one copy.
void Decoder::join(std::vector<Copy>& copies) {
    std::ranges::sort(copies, {}, &Copy::from);
    std::vector<Copy> joined;
    for (const Copy& c : copies) {
        Copy* last = joined.empty() ? nullptr : &joined.back();
        if (last && last->from + last->size == c.from && last->to + last->size == c.to)
            last->size = static_cast<uint16_t>(last->size + c.size);
        else
            joined.push_back(c);
    }
    copies = std::move(joined);
}

Result<void> Decoder::add(void* tep, const FormatFile& format) {
    // "name: spte\nID: 1234\nformat:\n ..."
    std::string name = format.text.substr(0, format.text.find('\n'));
    name.erase(0, std::min(name.find(' '), name.size() - 1) + 1);
    auto* handle = static_cast<tep_handle*>(tep);
    const bool parsed = tep_parse_event(handle, format.text.data(), format.text.size(),
                                        format.system.c_str()) == TEP_ERRNO__SUCCESS;
    tep_event* event = tep_find_event_by_name(handle, format.system.c_str(), name.c_str());
    if (!parsed || !event)
        return error("cannot parse the format of event {}:{}", format.system, name);
    // The judge needs none; trace-cmd and KernelShark show the event as "FAILED TO PARSE".
    if (event->flags & TEP_EVENT_FL_FAILED)
        return error("cannot parse the print format of event {}:{}", format.system, name);
    const auto kind = kind_by_event(event->name);
    if (!kind) return {};  // of a later version of the module
    const tep_format_field* type = tep_find_common_field(event, "common_type");
    const tep_format_field* pid = tep_find_common_field(event, "common_pid");
    if (!type || type->size != 2 || !pid || pid->size != 4)
        return error("event '{}' has no common_type and common_pid", event->name);

    Plan plan;
    plan.known = true;
    plan.kind = *kind;
    plan.pid_offset = static_cast<uint16_t>(pid->offset);
    plan.size = static_cast<uint16_t>(pid->offset + pid->size);
    const auto field = [&](const Field& f) -> Result<void> {
        const tep_format_field* from = tep_find_field(event, f.name);
        if (!from)
            return error("event '{}' lacks field '{}': the module is of another version",
                         event->name, f.name);
        const bool is_signed = (from->flags & TEP_FIELD_IS_SIGNED) != 0;
        // Whether char is signed is up to the architecture.
        if (from->size != f.size || (f.is_number() && is_signed != f.is_signed))
            return error("event '{}', field '{}': {}, and not {}: the module is of another version",
                         event->name, f.name, type_of(from->size, is_signed, f.is_number()),
                         type_of(f.size, f.is_signed, f.is_number()));
        plan.copies.push_back({static_cast<uint16_t>(from->offset), f.offset, f.size});
        plan.size = std::max(plan.size, static_cast<uint16_t>(from->offset + from->size));
        return {};
    };
    for (const Field& f : common_fields())
        if (auto ok = field(f); !ok) return ok;
    for (const Field& f : kind_info(*kind).fields)
        if (auto ok = field(f); !ok) return ok;
    join(plan.copies);

    type_offset_ = static_cast<uint16_t>(type->offset);
    const auto id = static_cast<uint16_t>(event->id);
    if (plans_.size() <= id) plans_.resize(id + size_t{1});
    plans_[id] = std::move(plan);
    ids_[static_cast<size_t>(*kind)] = id;
    return {};
}

Result<Decoder> Decoder::make(const std::vector<FormatFile>& formats) {
    const std::unique_ptr<tep_handle, TepFree> tep(tep_alloc());
    if (!tep) return error("tep_alloc: out of memory");
    tep_set_loglevel(TEP_LOG_NONE);
    Decoder d;
    for (const FormatFile& f : formats)
        if (f.system == kSystem)
            if (auto ok = d.add(tep.get(), f); !ok) return std::unexpected(ok.error());
    std::string missing;
    for (size_t i = 0; i < kKinds; ++i)
        if (!d.ids_[i]) {
            missing += missing.empty() ? "" : ", ";
            missing += kind_info(static_cast<Kind>(i)).event;
        }
    if (d.plans_.empty())
        return error("no mmuwitness events in it: not a recording of the witness");
    if (!missing.empty())
        return error("formats of mmuwitness events missing: {}: the module is of another version",
                     missing);
    return d;
}

bool Decoder::decode(const void* record, size_t size, Event& out) const {
    const auto* from = static_cast<const std::byte*>(record);
    if (size < type_offset_ + sizeof(uint16_t)) return false;
    uint16_t type;
    std::memcpy(&type, from + type_offset_, sizeof type);
    if (type >= plans_.size()) return false;
    const Plan& plan = plans_[type];
    if (!plan.known || size < plan.size) return false;
    auto* to = reinterpret_cast<std::byte*>(&out);
    out.kind = plan.kind;
    std::memcpy(&out.pid, from + plan.pid_offset, sizeof out.pid);
    for (const Copy& c : plan.copies) std::memcpy(to + c.to, from + c.from, c.size);
    return true;
}

}  // namespace mmuw
