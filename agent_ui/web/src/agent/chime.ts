/** A short, soft tone when a call arrives: two sines, no file. */
let context: AudioContext | null = null

export function chime(): void {
  try {
    context ??= new AudioContext()
    const start = context.currentTime
    for (const [offset, hertz] of [
      [0, 660],
      [0.12, 880],
    ] as const) {
      const tone = context.createOscillator()
      const loudness = context.createGain()
      tone.frequency.value = hertz
      loudness.gain.setValueAtTime(0, start + offset)
      loudness.gain.linearRampToValueAtTime(0.12, start + offset + 0.015)
      loudness.gain.exponentialRampToValueAtTime(0.001, start + offset + 0.16)
      tone.connect(loudness).connect(context.destination)
      tone.start(start + offset)
      tone.stop(start + offset + 0.18)
    }
  } catch {
    // No sound device, or the browser wants a click first: the screen shows the call anyway.
  }
}
