// SPDX-License-Identifier: GPL-2.0-only
#include "trace/text.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iterator>

#include "trace/fields.h"

namespace mmuw {
namespace {

void put_value(std::string& out, const Field& f, uint64_t value) {
    auto to = std::back_inserter(out);
    switch (f.show) {
        case Show::hex:
            std::format_to(to, "{:#x}", value);
            return;
        case Show::names:
            for (const Symbol& s : f.symbols)
                if (s.value == value) {
                    out += s.name;
                    return;
                }
            break;
        case Show::letters:
        case Show::flags: {
            const char* separator = "";
            for (const Symbol& s : f.symbols)
                if (value & s.value) {
                    out += separator;
                    out += s.name;
                    if (f.show == Show::flags) separator = "|";
                    value &= ~s.value;
                }
            if (value) std::format_to(to, "+{:#x}", value);
            return;
        }
        default:
            break;
    }
    if (f.is_signed)
        std::format_to(to, "{}", static_cast<int64_t>(value));
    else
        std::format_to(to, "{}", value);
}

void put_field(std::string& out, const Event& e, const Field& f) {
    if (f.show == Show::words) return;
    if (f.show == Show::text) {
        const char* text = reinterpret_cast<const char*>(&e) + f.offset;
        std::format_to(std::back_inserter(out), " {}=\"{}\"", f.name,
                       std::string_view(text, strnlen(text, f.size)));
    } else if (const uint64_t value = field_get(e, f); value != field_default(f)) {
        std::format_to(std::back_inserter(out), " {}=", f.name);
        put_value(out, f, value);
    }
}

std::optional<uint64_t> number(std::string_view s) {
    const bool negative = s.starts_with('-');
    if (negative) s.remove_prefix(1);
    const int base = s.starts_with("0x") ? 16 : 10;
    if (base == 16) s.remove_prefix(2);
    uint64_t value = 0;
    const auto [end, ec] = std::from_chars(s.data(), s.data() + s.size(), value, base);
    if (ec != std::errc() || end != s.data() + s.size()) return std::nullopt;
    return negative ? -value : value;
}

std::optional<uint64_t> parse_value(const Field& f, std::string_view s) {
    if (auto n = number(s)) return n;
    const auto by_name = [&](std::string_view name) -> std::optional<uint64_t> {
        for (const Symbol& symbol : f.symbols)
            if (symbol.name == name) return symbol.value;
        return std::nullopt;
    };
    if (f.show == Show::names) return by_name(s);
    if (f.show != Show::letters && f.show != Show::flags) return std::nullopt;
    uint64_t value = 0;
    if (s == "-") return value;
    while (!s.empty()) {
        const size_t length = f.show == Show::letters ? 1 : std::min(s.find('|'), s.size());
        const auto bit = by_name(s.substr(0, length));
        if (!bit) return std::nullopt;
        value |= *bit;
        s.remove_prefix(std::min(length + (f.show == Show::flags), s.size()));
    }
    return value;
}

// Takes the next word; quotes keep blanks: text="two words".
std::string_view next_word(std::string_view& line) {
    line.remove_prefix(std::min(line.find_first_not_of(" \t\r"), line.size()));
    bool quoted = false;
    size_t i = 0;
    for (; i < line.size(); ++i) {
        if (line[i] == '"') quoted = !quoted;
        if (!quoted && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r')) break;
    }
    const auto word = line.substr(0, i);
    line.remove_prefix(i);
    return word;
}

Result<void> set_field(Event& e, std::string_view key, std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"')
        text = text.substr(1, text.size() - 2);
    const auto n = number(text);
    if (n && key == "cpu") return e.cpu = static_cast<uint16_t>(*n), Result<void>();
    if (n && key == "pid") return e.pid = static_cast<int32_t>(*n), Result<void>();
    if (n && key == "order") return e.order = *n, Result<void>();
    const auto find = [&](std::span<const Field> fields) -> const Field* {
        for (const Field& f : fields)
            if (f.name == key && f.show != Show::words) return &f;
        return nullptr;
    };
    const Field* f = find(common_fields());
    if (!f) f = find(kind_info(e.kind).fields);
    if (!f && e.kind == Kind::mark) f = find(mark_fields(e.mark.kind));
    if (!f) return error("'{}' has no field '{}'", kind_info(e.kind).name, key);
    if (f->show == Show::text) {
        if (text.size() >= f->size) return error("'{}' is longer than {} bytes", key, f->size - 1);
        std::memcpy(reinterpret_cast<char*>(&e) + f->offset, text.data(), text.size());
        return {};
    }
    const auto value = parse_value(*f, text);
    if (!value) return error("'{}' is no value for '{}'", text, key);
    field_set(e, *f, *value);
    return {};
}

}  // namespace

std::string to_line(const Event& e) {
    const KindInfo& info = kind_info(e.kind);
    std::string out(info.name);
    std::format_to(std::back_inserter(out), " seq={} cpu={} pid={}", e.seq, e.cpu, e.pid);
    for (const Field& f : info.fields) put_field(out, e, f);
    if (e.kind == Kind::mark)
        for (const Field& f : mark_fields(e.mark.kind)) put_field(out, e, f);
    return out;
}

Result<Event> parse_line(std::string_view line) {
    const auto name = next_word(line);
    const auto kind = kind_by_name(name);
    if (!kind) return error("'{}' is no event", name);
    Event e;
    std::memset(static_cast<void*>(&e), 0, sizeof e);
    e.kind = *kind;
    for (const Field& f : kind_info(*kind).fields)
        if (field_default(f)) field_set(e, f, field_default(f));
    for (auto word = next_word(line); !word.empty(); word = next_word(line)) {
        const size_t equals = word.find('=');
        if (equals == word.npos) return error("'{}' is not name=value", word);
        if (auto ok = set_field(e, word.substr(0, equals), word.substr(equals + 1)); !ok)
            return std::unexpected(ok.error());
    }
    return e;
}

Result<void> read_lines(std::istream& in, const std::function<void(const Event&)>& sink) {
    std::string line;
    uint64_t order = 0;
    uint64_t seq = 0;
    for (unsigned at = 1; std::getline(in, line); ++at) {
        const size_t first = line.find_first_not_of(" \t\r");
        if (first == line.npos || line[first] == '#') continue;
        auto e = parse_line(line);
        if (!e) return error("line {}: {}", at, e.error());
        order = e->order ? e->order : order + 1;
        seq = e->seq ? e->seq : seq + 1;
        e->order = order;
        e->seq = seq;
        sink(*e);
    }
    return {};
}

}  // namespace mmuw
