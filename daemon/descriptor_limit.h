// Descriptor limit: how many file descriptors the process gets, and how many connections fit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace signet {

// Kept from connections: the store's tables, listeners, the admin socket, the console, the log.
inline constexpr uint64_t kDescriptorsReserved = 512;
// A worker with fewer is of no use: a handful of idle clients would take all of them.
inline constexpr uint32_t kWorkerConnectionsMin = 32;

// raise_descriptor_limit raises the soft limit of descriptors to the hard one and gives the one that holds then. At
// start, before there are threads.
uint64_t raise_descriptor_limit();

// connections_that_fit: what each of `workers` may have of `wanted` connections with `descriptors` in all. Any thread.
uint32_t connections_that_fit(uint64_t descriptors, size_t workers, uint32_t wanted);

// What to tell who starts with too few.
std::string too_few_descriptors(uint64_t descriptors, size_t workers);

}  // namespace signet
