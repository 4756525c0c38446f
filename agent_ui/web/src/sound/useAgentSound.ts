import { useEffect, useRef } from "react"
import { setMuted, startSound, stopSound } from "./store"

/** The sound of somebody at work: up while they are, and never muted into a new call. */
export function useAgentSound(atWork: boolean, callId: string | null): void {
  useEffect(() => {
    if (!atWork) return
    startSound()
    return stopSound
  }, [atWork])
  const known = useRef(callId)
  useEffect(() => {
    if (callId !== known.current) setMuted(false)
    known.current = callId
  }, [callId])
}
