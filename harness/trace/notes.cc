// SPDX-License-Identifier: GPL-2.0-only
#include "trace/notes.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <stdexcept>

namespace mmuw::note {

namespace {

// What may be cut comes last.
std::string line(std::string what, std::string_view reason = {}) {
    if (what.size() >= MMUWITNESS_TEXT_LEN)
        throw std::logic_error(std::format("a note is too long: {}", what));
    return what.append(reason);
}

void skip_blanks(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
}

std::string_view next_word(std::string_view& text) {
    skip_blanks(text);
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    return word;
}

std::string_view rest_of(std::string_view text) {
    skip_blanks(text);
    return text;
}

std::string_view reason_in(std::string_view text) {
    const auto why = rest_of(text);
    return why.empty() ? "no reason given" : why;
}

std::uint64_t to_number(std::string_view text) {
    std::uint64_t n = 0;
    std::from_chars(text.data(), text.data() + text.size(), n);
    return n;
}

// f(key, value) of "a=1 b=2 why=the rest of the line".
template <typename F>
void each_pair(std::string_view text, F&& f) {
    while (!text.empty()) {
        skip_blanks(text);
        const std::size_t equals = text.find('=');
        if (equals == std::string_view::npos) return;
        const auto key = text.substr(0, equals);
        text.remove_prefix(equals + 1);
        const auto value = key == "why" ? text : text.substr(0, text.find(' '));
        text.remove_prefix(value.size());
        f(key, value);
    }
}

}  // namespace

std::string ScenarioBegin::text() const {
    return line(std::format("{} seed={} plant={}", name, seed, plant.empty() ? "-" : plant));
}

ScenarioBegin ScenarioBegin::parse(std::string_view text) {
    ScenarioBegin n;
    n.name = next_word(text);
    each_pair(text, [&](std::string_view key, std::string_view value) {
        if (key == "seed") n.seed = to_number(value);
        if (key == "plant" && value != "-") n.plant = value;
    });
    return n;
}

std::string Rule::text() const {
    return missing.empty() ? line(name) : line(name + " missing ", missing);
}

Rule Rule::parse(std::string_view text) {
    Rule n;
    n.name = next_word(text);
    if (next_word(text) == "missing") n.missing = reason_in(text);
    return n;
}

std::string ScenarioEnd::text() const {
    return line(std::format("trials={} hits={} status={} why=", trials,
                            hits ? std::to_string(*hits) : "unknown", status),
                why);
}

ScenarioEnd ScenarioEnd::parse(std::string_view text) {
    ScenarioEnd n;
    each_pair(text, [&](std::string_view key, std::string_view value) {
        if (key == "trials") n.trials = to_number(value);
        if (key == "hits" && value != "unknown") n.hits = to_number(value);
        if (key == "status") n.status = value;
        if (key == "why") n.why = value;
    });
    return n;
}

std::string Hook::text() const {
    return missing.empty() ? line(name + " attached") : line(name + " missing ", missing);
}

Hook Hook::parse(std::string_view text) {
    Hook n;
    n.name = next_word(text);
    if (next_word(text) == "attached") return n;
    n.missing = reason_in(text);
    return n;
}

std::string Host::text() const {
    return line(key + " ", value);
}

Host Host::parse(std::string_view text) {
    Host n;
    n.key = next_word(text);
    n.value = rest_of(text);
    return n;
}

std::string Disturber::text() const {
    if (missing) return line(name + " missing ", why);
    std::string what = name;
    for (const auto& [count, number] : counts) what += std::format(" {}={}", count, number);
    return why.empty() ? line(what) : line(what + " why=", why);
}

Disturber Disturber::parse(std::string_view text) {
    Disturber n;
    n.name = next_word(text);
    if (std::string_view rest = text; next_word(rest) == "missing") {
        n.missing = true;
        n.why = reason_in(rest);
        return n;
    }
    each_pair(text, [&](std::string_view key, std::string_view value) {
        if (key == "why")
            n.why = value;
        else
            n.counts.emplace_back(key, to_number(value));
    });
    return n;
}

}  // namespace mmuw::note
