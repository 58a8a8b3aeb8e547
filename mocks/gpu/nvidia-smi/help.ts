/** `nvidia-smi -h`: what this one understands, in words of ours. */
export const HELP = `NVIDIA System Management Interface (a mock: no GPU is behind it)

nvidia-smi [OPTION1 [ARG1]] [OPTION2 [ARG2]] ...

    -h,   --help                  this text
    -L,   --list-gpus             the GPUs, one a line
    -q,   --query                 everything about them; -d SECTION,… only that; -x as XML
    -i,   --id=                   only these: number, UUID, serial or bus id, by comma
    -l,   --loop=                 again every so many seconds; -lms, --loop-ms= milliseconds
    -r,   --gpu-reset             reset GPUs that nothing uses
          --query-gpu=            fields of the GPUs (--help-query-gpu)
          --query-compute-apps=   fields of the processes (--help-query-compute-apps)
          --query-remapped-rows=  fields of remapped rows (--help-query-remapped-rows)
          --format=               csv[,noheader][,nounits]
    nvlink -s                     state of the links
          --version               versions
`;
