export function mount() { return { update() {} }; }
