// SPDX-License-Identifier: GPL-2.0-only
// Raw trace records to Events, by the format files of the kernel that wrote them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "trace/event.h"
#include "trace/result.h"

namespace mmuw {

inline constexpr const char* kSystem = "mmuwitness";

// One events/SYSTEM/NAME/format file.
struct FormatFile {
    std::string system;
    std::string text;
};

class Decoder {
  public:
    // Needs the formats of all mmuwitness events; other systems are ignored. A field of
    // the field table that a format lacks, or has in another size or with another sign, is an
    // error that names it.
    static Result<Decoder> make(const std::vector<FormatFile>& formats);

    // False: not an event of the witness, or shorter than its format says.
    // Sets everything but cpu and order.
    bool decode(const void* record, size_t size, Event& out) const;

    // Id of the kind's records, as in common_type.
    uint16_t id(Kind kind) const { return ids_[static_cast<size_t>(kind)]; }

  private:
    struct Copy {
        uint16_t from, to, size;
    };
    struct Plan {
        bool known = false;
        Kind kind{};
        uint16_t pid_offset = 4;
        uint16_t size = 0;         // bytes of the record that the plan reads
        std::vector<Copy> copies;  // of fields that are neighbours here and there: one
    };

    Result<void> add(void* tep, const FormatFile& format);
    static void join(std::vector<Copy>& copies);

    std::vector<Plan> plans_;  // by common_type
    uint16_t ids_[kKinds] = {};
    uint16_t type_offset_ = 0;
};

}  // namespace mmuw
