// SPDX-License-Identifier: GPL-2.0-only
#include "report/json.h"

#include <format>
#include <iterator>

namespace mmuw {

void Json::separate() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (!first_) out_ += ',';
    if (depth_) out_ += '\n' + std::string(2 * depth_, ' ');
    first_ = false;
}

Json& Json::open(char bracket) {
    separate();
    out_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
}

Json& Json::close(char bracket) {
    --depth_;
    if (!first_) out_ += '\n' + std::string(2 * depth_, ' ');
    out_ += bracket;
    first_ = false;
    if (!depth_) out_ += '\n';
    return *this;
}

Json& Json::key(std::string_view name) {
    value(name);
    out_ += ": ";
    after_key_ = true;
    return *this;
}

Json& Json::raw(std::string_view text) {
    separate();
    out_ += text;
    return *this;
}

Json& Json::value(double seconds) {
    return raw(std::format("{:.3f}", seconds));
}

Json& Json::value(std::string_view text) {
    separate();
    out_ += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out_ += {'\\', c};
        else if (byte < 0x20 ||
                 byte > 0x7e)  // kernel text: whatever is not ASCII is shown as Latin-1
            std::format_to(std::back_inserter(out_), "\\u{:04x}", byte);
        else
            out_ += c;
    }
    out_ += '"';
    return *this;
}

}  // namespace mmuw
