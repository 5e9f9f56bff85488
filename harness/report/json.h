// SPDX-License-Identifier: GPL-2.0-only
// The little JSON that is written here: Boost's writers quote numbers, or write 0.2 as 2E-1.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace mmuw {

class Json {
  public:
    Json& open(char bracket);   // '{' or '['
    Json& close(char bracket);  // '}' or ']'
    Json& key(std::string_view name);
    Json& value(std::string_view text);
    Json& value(const char* text) { return value(std::string_view(text)); }
    Json& value(const std::string& text) { return value(std::string_view(text)); }
    Json& value(std::same_as<bool> auto b) { return raw(b ? "true" : "false"); }
    Json& value(std::integral auto n)
        requires(!std::same_as<decltype(n), bool>)
    {
        return raw(std::to_string(n));
    }
    Json& value(double seconds);  // three decimals
    Json& null() { return raw("null"); }
    template <typename T>
    Json& member(std::string_view name, const T& v) {
        return key(name).value(v);
    }
    const std::string& text() const { return out_; }

  private:
    Json& raw(std::string_view text);
    void separate();

    std::string out_;
    unsigned depth_ = 0;
    bool first_ = true;
    bool after_key_ = false;
};

}  // namespace mmuw
